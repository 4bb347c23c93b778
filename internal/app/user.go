package app

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"chengqiao/internal/account"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

func userCommand(flags *settingFlags) *cobra.Command {
	cmd := &cobra.Command{Use: "user", Short: "Make accounts from the machine, the first operator among them"}
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
			cfg, err := flags.load(nil)
			if err != nil {
				return err
			}
			p, err := openPlatform(cmd.Context(), cfg, newLogger(cfg.Log, cmd.ErrOrStderr()))
			if err != nil {
				return err
			}
			defer p.Close()
			ctx, system := cmd.Context(), policy.SystemActor()
			made, err := p.accounts.CreateAccount(ctx, system, account.Registration{Email: email, Name: name, Password: password, Locale: text.Chinese})
			if err != nil {
				return err
			}
			staff, err := p.accountRows.Organisations(ctx, account.OrganisationFilter{Kind: policy.Platform, Limit: 1})
			if err != nil {
				return err
			}
			var org string
			founded := len(staff) == 0
			if founded {
				o, err := p.accounts.CreateOrganisation(ctx, system, account.Profile{
					Kind: policy.Platform, Name: text.Zh(platformName), CreditCode: creditCode, Region: region}, made.ID, false)
				if err != nil {
					return err
				}
				for _, verb := range []string{"submit", "verify"} {
					if _, err := p.accounts.StepOrganisation(ctx, system, o.ID, verb, ""); err != nil {
						return err
					}
				}
				org = o.ID
			} else {
				org = staff[0].ID
			}
			if !founded || policy.Role(role) != policy.DecidingRole(policy.Platform) {
				if _, err := p.accounts.AddMember(ctx, system, org, email, "", policy.Role(role)); err != nil {
					return err
				}
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
	return cmd
}
