package app

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"chengqiao/internal/account"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

func userCommand(flags *settingFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use: "user", Short: "Make, list, suspend and restore accounts from the machine",
		Example: "  chengqiao user create --email rev@example.org --name 沈清 --role reviewer < password.txt\n" +
			"  chengqiao user list --state suspended\n  chengqiao user restore wang@example.org --reason '申诉成立'",
		Args: cobra.ArbitraryArgs, RunE: choose,
	}
	var email, name, role, platformName, creditCode, region string
	create := &cobra.Command{
		Use:   "create --email ADDRESS --name NAME --role operator|reviewer|verifier",
		Short: "Make an account of the platform's staff; the password is read from standard input",
		Long: "Makes an account with a role of the platform. The first one also makes the platform's own organisation,\n" +
			"which then needs --platform, --credit-code and --region.",
		Example: "  chengqiao user create --email op@example.org --name 王岚 --role operator --platform 成桥 \\\n" +
			"    --credit-code 12650100D00000013Q --region 650100 < password.txt",
		Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			password, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
			if password = strings.TrimRight(password, "\r\n"); password == "" {
				return usageError("no password on standard input (%v)", err)
			}
			if !slices.Contains(policy.RolesOf(policy.Platform), policy.Role(role)) {
				return usageError("--role takes operator, reviewer or verifier, not %q", role)
			}
			cfg, err := flags.load(nil)
			if err != nil {
				return err
			}
			// No index is needed: a running server has it.
			p, err := openStores(cmd.Context(), cfg, newLogger(cfg.Log, cmd.ErrOrStderr()))
			if err != nil {
				return err
			}
			defer p.Close()
			// All or nothing: what was refused can be tried again.
			err = p.db.InTx(cmd.Context(), func(ctx context.Context) error {
				return p.createStaff(ctx, policy.Role(role),
					account.Registration{Email: email, Name: name, Password: password, Locale: text.Chinese},
					account.Profile{Kind: policy.Platform, Name: text.Zh(platformName), CreditCode: creditCode, Region: region})
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s can sign in as %s\n", email, role)
			return nil
		},
	}
	create.Flags().StringVar(&email, "email", "", "address to sign in with")
	create.Flags().StringVar(&name, "name", "", "the person's name")
	create.Flags().StringVar(&role, "role", string(policy.Operator), "operator, reviewer or verifier")
	create.Flags().StringVar(&platformName, "platform", "", "name of the platform's organisation (first account only)")
	create.Flags().StringVar(&creditCode, "credit-code", "", "its unified social credit code (first account only)")
	create.Flags().StringVar(&region, "region", "", "its region, GB/T 2260 (first account only)")
	cmd.AddCommand(create)
	cmd.AddCommand(governCommands(flags)...)
	return cmd
}

// createStaff opens an account with a role of the platform; the first one
// founds the platform's organisation.
func (p *platform) createStaff(ctx context.Context, role policy.Role, who account.Registration, platform account.Profile) error {
	system := policy.SystemActor()
	made, err := p.accounts.CreateAccount(ctx, system, who)
	if err != nil {
		return err
	}
	staff, err := p.accountRows.Organisations(ctx, account.OrganisationFilter{Kind: policy.Platform, Limit: 1})
	if err != nil {
		return err
	}
	var org string
	if len(staff) > 0 {
		org = staff[0].ID
	} else {
		founded, err := p.accounts.CreateOrganisation(ctx, system, platform, made.ID, false)
		if err != nil {
			return err
		}
		org = founded.ID
		for _, verb := range []string{"submit", "verify"} {
			stepped, err := p.accounts.StepOrganisation(ctx, system, org, founded.Version, verb, "")
			if err != nil {
				return err
			}
			founded = stepped.Organisation
		}
		if role == policy.DecidingRole(policy.Platform) {
			return nil // the founder's
		}
	}
	_, err = p.accounts.AddMember(ctx, system, org, who.Email, "", role)
	return err
}
