package httpapi

import (
	"context"

	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/text"
)

// history is a subject's steps for the wire, with the names of who took them.
func (a *API) history(ctx context.Context, steps []lifecycle.Step) ([]oas.Step, error) {
	var accounts, orgs []string
	for _, s := range steps {
		if s.AccountID != "" {
			accounts = append(accounts, s.AccountID)
		}
		if s.OrgID != "" {
			orgs = append(orgs, s.OrgID)
		}
	}
	people, err := a.Directory.AccountNames(ctx, accounts)
	if err != nil {
		return nil, err
	}
	organisations, err := a.Directory.OrganisationNames(ctx, orgs)
	if err != nil {
		return nil, err
	}
	locale := localeOf(ctx)
	return list(steps, func(s lifecycle.Step) oas.Step {
		return oas.Step{
			Seq: s.Seq, From: string(s.From), To: string(s.To), Action: s.Action, At: s.At, Reason: s.Reason,
			Actor: actorName(people[s.AccountID], organisations[s.OrgID], s.AccountID != "", locale),
		}
	}), nil
}

// actorName says who acted: a person of an organisation, an erased person, or
// the system.
func actorName(person string, org text.Text, byPerson bool, locale string) string {
	en := locale == "en"
	switch {
	case !byPerson && en:
		return "System"
	case !byPerson:
		return "系统"
	case person == "" && en:
		person = "Erased person"
	case person == "":
		person = "已注销人员"
	}
	if name := org.In(locale); name != "" {
		return person + " · " + name
	}
	return person
}
