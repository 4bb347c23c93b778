package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"chengqiao/internal/account"
	"chengqiao/internal/errs"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// governCommands are what an operator who cannot get into the app does at the
// machine, by the rules of the app.
func governCommands(flags *settingFlags) []*cobra.Command {
	return []*cobra.Command{
		userListCommand(flags),
		userStepCommand(flags, "suspend", "Suspend an account: its person is signed out, and told by letter",
			"The account's sessions end, its API tokens open nothing, and neither its password nor a letter's link brings\n"+
				"it back; `restore` does. A running server that shares no Redis with this command still takes a session that it\n"+
				"knows for up to half a minute. The last operator who can sign in is not suspended."),
		userStepCommand(flags, "restore", "Restore a suspended account: its password and its API tokens work again", ""),
		userEraseCommand(flags),
	}
}

// withAccounts runs a command over the accounts; it needs no index.
func withAccounts(cmd *cobra.Command, flags *settingFlags, run func(accounts *account.Service) error) error {
	cfg, err := flags.loadExisting()
	if err != nil {
		return err
	}
	p, err := openStores(cmd.Context(), cfg, newLogger(cfg.Log, cmd.ErrOrStderr()))
	if err != nil {
		return err
	}
	defer p.Close()
	return run(p.accounts)
}

// accountAt is the account of an address that a command was given.
func accountAt(cmd *cobra.Command, accounts *account.Service, email string) (account.Governed, error) {
	found, err := accounts.AccountAt(cmd.Context(), policy.SystemActor(), email)
	if errs.KindOf(err) == errs.NotFound {
		return found, usageError("nobody signs in as %q", email)
	}
	return found, err
}

func userListCommand(flags *settingFlags) *cobra.Command {
	var query, state string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "Show the accounts, newest first, a line each: state, address, name, roles",
		Example: "  chengqiao user list --state suspended\n  chengqiao user list --query example.org --json",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withAccounts(cmd, flags, func(accounts *account.Service) error {
				f := account.AccountFilter{Query: query, State: lifecycle.State(state)}
				for {
					page, next, err := accounts.Accounts(cmd.Context(), policy.SystemActor(), f)
					if errs.KindOf(err) == errs.Invalid {
						return usageError("--state takes unconfirmed, active or suspended, not %q", state)
					}
					if err != nil {
						return err
					}
					for _, a := range page {
						if err := writeAccount(cmd.OutOrStdout(), a, asJSON); err != nil {
							return err
						}
					}
					if f.Before = next; next == "" {
						return nil
					}
				}
			})
		},
	}
	cmd.Flags().StringVar(&query, "query", "", "only those with this in the name or the address")
	cmd.Flags().StringVar(&state, "state", "", "only those that are unconfirmed, active or suspended")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object a line")
	return cmd
}

// accountLine is an account as commands print it.
type accountLine struct {
	ID            string        `json:"id"`
	Email         string        `json:"email"`
	Name          string        `json:"name"`
	State         string        `json:"state"`
	StateReason   string        `json:"state_reason,omitempty"`
	CreatedAt     time.Time     `json:"created_at"`
	LastSignInAt  time.Time     `json:"last_sign_in_at,omitzero"`
	Organisations []accountRole `json:"organisations"`
}

type accountRole struct {
	ID    string        `json:"id"`
	Name  string        `json:"name"`
	Roles []policy.Role `json:"roles"`
}

func writeAccount(w io.Writer, a account.Governed, asJSON bool) error {
	line := accountLine{
		ID: a.ID, Email: a.Email, Name: a.Name, State: string(a.State), StateReason: a.StateReason,
		CreatedAt: a.CreatedAt, LastSignInAt: a.LastSignIn, Organisations: []accountRole{},
	}
	var roles []string
	for _, m := range a.Memberships {
		line.Organisations = append(line.Organisations, accountRole{ID: m.OrgID, Name: m.Name.Zh, Roles: m.Roles})
		for _, r := range m.Roles {
			roles = append(roles, m.Name.Zh+" "+string(r))
		}
	}
	if asJSON {
		return json.NewEncoder(w).Encode(line)
	}
	_, err := fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%-11s %-32s %s  %s", line.State, line.Email, line.Name, strings.Join(roles, ", ")), " "))
	return err
}

// userStepCommand suspends or restores.
func userStepCommand(flags *settingFlags, verb, short, long string) *cobra.Command {
	var reason string
	var asJSON bool
	cmd := &cobra.Command{
		Use: verb + " ADDRESS --reason TEXT", Short: short, Long: long,
		Example: "  chengqiao user " + verb + " wang@example.org --reason '本人来电，工号 1024 核实'",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(reason) == "" {
				return usageError("--reason is needed: it stays on record")
			}
			return withAccounts(cmd, flags, func(accounts *account.Service) error {
				found, err := accountAt(cmd, accounts, args[0])
				if err != nil {
					return err
				}
				after, err := accounts.StepAccount(cmd.Context(), policy.SystemActor(), found.ID, found.Version, verb, reason)
				if err != nil {
					return err
				}
				return writeAccount(cmd.OutOrStdout(), after, asJSON)
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why; of a suspension the person is told it")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the account as a JSON object")
	return cmd
}

func userEraseCommand(flags *settingFlags) *cobra.Command {
	var yes string
	cmd := &cobra.Command{
		Use:   "erase ADDRESS --yes ADDRESS",
		Short: "Erase a suspended account whose person has asked for it, for good",
		Long: "Who is suspended cannot sign in to erase the account, and may demand it all the same (PIPL art. 47). Make sure\n" +
			"first that it is that person who asks. What the law keeps stays and is named; nothing brings the rest back.",
		Example: "  chengqiao user erase wang@example.org --yes wang@example.org",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if account.FoldEmail(yes) != account.FoldEmail(args[0]) {
				return usageError("--yes takes the address once more: an erasure cannot be undone")
			}
			return withAccounts(cmd, flags, func(accounts *account.Service) error {
				found, err := accountAt(cmd, accounts, args[0])
				if err != nil {
					return err
				}
				result, err := accounts.EraseSuspended(cmd.Context(), policy.SystemActor(), found.ID)
				if err != nil {
					return err
				}
				out := cmd.OutOrStdout()
				_, err = fmt.Fprintf(out, "erased: %s\n", strings.Join(result.Erased, ", "))
				for _, k := range result.Kept {
					_, failed := fmt.Fprintf(out, "kept: %s (%s)\n", k.What, k.Ground)
					err = errors.Join(err, failed)
				}
				return err
			})
		},
	}
	cmd.Flags().StringVar(&yes, "yes", "", "the address once more")
	return cmd
}
