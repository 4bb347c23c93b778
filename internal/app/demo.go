package app

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"chengqiao/internal/account"
	"chengqiao/internal/event"
	"chengqiao/internal/policy"
)

// demoPassword opens every account of the demo. It is printed and public: the
// demo is for a machine of one's own.
const demoPassword = "chengqiao-demo-2026"

// demoSettings let a visitor of the demo see a reward plan take effect, and a
// match left lying, the same day; --set overrides them.
var demoSettings = map[string]string{"demo.enabled": "true", "reward.publicity_days": "0", "matching.idle_days": "0"}

func demoCommand(flags *settingFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Load the demo into an empty store and print its sign-ins",
		Long: "Loads invented organisations, achievements, packages, needs and one deal that has gone all the way.\n" +
			"A store with any organisation in it is left as it is. Never on a public machine: the passwords are known.",
		Example: "  chengqiao demo --data /tmp/look",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := flags.load(demoSettings)
			if err != nil {
				return err
			}
			p, err := openPlatform(cmd.Context(), cfg, newLogger(cfg.Log, cmd.ErrOrStderr()))
			if err != nil {
				return err
			}
			defer p.Close()
			return p.loadDemo(cmd.Context(), cmd.OutOrStdout())
		},
	}
}

// loadDemo fills an empty store and prints a sign-in for each role; a store
// that has organisations already only gets the sign-ins printed, if they are
// the demo's.
func (p *platform) loadDemo(ctx context.Context, out io.Writer) error {
	data, err := readDemo()
	if err != nil {
		return err
	}
	first, err := p.accountRows.Organisations(ctx, account.OrganisationFilter{Limit: 1})
	if err != nil {
		return err
	}
	if len(first) > 0 {
		if first[0].Demo {
			printSignIns(out, data)
		}
		return nil
	}
	d := &demo{p: p, data: data, orgs: map[string]string{}, actors: map[string]policy.Actor{}, persons: map[string]string{},
		achievements: map[string]string{}, packages: map[string]string{}, needs: map[string]string{}}
	for _, step := range []func(context.Context) error{d.people, d.listings, d.workedDeal, d.proposal} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	printSignIns(out, data)
	return nil
}

func printSignIns(out io.Writer, data demoData) {
	orgs := map[string]string{}
	for _, o := range data.Organisations {
		orgs[o.Ref] = o.Name.In("zh-CN")
	}
	fmt.Fprintf(out, "\n演示账户，密码均为 · Demo sign-ins, all with the password  %s\n\n", demoPassword)
	for _, a := range data.Accounts {
		fmt.Fprintf(out, "  %-28s %-10s %s · %s\n", a.Email, a.Roles[0], orgs[a.Organisation], a.Name)
	}
	fmt.Fprintln(out)
}

// demo is one loading of the demo: what was made, by the names in its files.
type demo struct {
	p       *platform
	data    demoData
	orgs    map[string]string
	actors  map[string]policy.Actor
	persons map[string]string

	achievements, packages, needs map[string]string
}

// people makes organisations, accounts, members and named persons.
func (d *demo) people(ctx context.Context) error {
	system := policy.SystemActor()
	accounts := map[string]account.Account{}
	var consents []account.Consent
	for _, paper := range d.p.papers {
		consents = append(consents, account.Consent{Purpose: paper.Purpose, Version: paper.Version, Given: true})
		if paper.Purpose == account.ConsentPrivacy { // whose text tells of it
			consents = append(consents, account.Consent{Purpose: account.ConsentContact, Version: paper.Version, Given: true})
		}
	}
	for _, a := range d.data.Accounts {
		made, err := d.p.accounts.CreateAccount(ctx, system, account.Registration{
			Email: a.Email, Password: demoPassword, Name: a.Name, Locale: "zh-CN", Consents: consents,
		})
		if err != nil {
			return fmt.Errorf("account %s: %w", a.Ref, err)
		}
		accounts[a.Ref] = made
		d.persons[a.Ref] = made.PersonID
	}
	for _, o := range d.data.Organisations {
		if err := d.organisation(ctx, o, accounts); err != nil {
			return fmt.Errorf("organisation %s: %w", o.Ref, err)
		}
	}
	for _, named := range d.data.Persons {
		person, err := d.p.accounts.NamePerson(ctx, system, d.orgs[named.Organisation], named.Name, "")
		if err != nil {
			return fmt.Errorf("person %s: %w", named.Ref, err)
		}
		d.persons[named.Ref] = person.ID
	}
	return nil
}

// organisation makes a verified organisation. Who holds its deciding role is
// its founder; the others are added with their roles.
func (d *demo) organisation(ctx context.Context, o demoOrganisation, accounts map[string]account.Account) error {
	system := policy.SystemActor()
	var members []demoAccount
	founder := ""
	for _, a := range d.data.Accounts {
		if a.Organisation != o.Ref {
			continue
		}
		members = append(members, a)
		if founder == "" || a.Roles[0] == policy.DecidingRole(o.Kind) {
			founder = a.Ref
		}
	}
	made, err := d.p.accounts.CreateOrganisation(ctx, system, account.Profile{
		Kind: o.Kind, Name: o.Name, CreditCode: o.CreditCode, Region: o.Region, About: o.About,
	}, accounts[founder].ID, true)
	if err != nil {
		return err
	}
	d.orgs[o.Ref] = made.ID
	for _, verb := range []string{"submit", "verify"} {
		stepped, err := d.p.accounts.StepOrganisation(ctx, system, made.ID, made.Version, verb, "")
		if err != nil {
			return fmt.Errorf("%s: %w", verb, err)
		}
		made = stepped.Organisation
	}
	for _, a := range members {
		for _, role := range a.Roles {
			if a.Ref == founder && role == policy.DecidingRole(o.Kind) {
				continue
			}
			if _, err := d.p.accounts.AddMember(ctx, system, made.ID, a.Email, "", role); err != nil {
				return fmt.Errorf("member %s: %w", a.Ref, err)
			}
		}
		d.actors[a.Ref] = policy.Actor{
			AccountID: accounts[a.Ref].ID, PersonID: accounts[a.Ref].PersonID,
			OrgID: made.ID, OrgKind: o.Kind, OrgVerified: true, Roles: a.Roles,
		}
	}
	return nil
}

// computeNow computes what is due of a contract at once instead of waiting for
// the outbox, which does the same.
func (d *demo) computeNow(ctx context.Context, contractID string) error {
	return d.p.computeRewards(ctx, []event.Event{{Subject: contractID}})
}
