package app

import (
	"context"

	"chengqiao/internal/account"
	"chengqiao/internal/policy"
	"chengqiao/internal/savedsearch"
	"chengqiao/internal/store"
	"chengqiao/internal/token"
)

// savedSearchRecords are what a person looks for again and again. They go with
// the account.
type savedSearchRecords struct{ rows *store.SavedSearch }

var _ account.Records = savedSearchRecords{}

type exportedSearch struct {
	ID             string            `json:"id"`
	OrganisationID string            `json:"organisation_id"`
	At             string            `json:"at"`
	Name           string            `json:"name"`
	Query          savedsearch.Query `json:"query"`
	Alert          savedsearch.Alert `json:"alert"`
	ByMail         bool              `json:"by_mail"`
	InApp          bool              `json:"in_app"`
}

func (j savedSearchRecords) Export(ctx context.Context, accountID string, _ []string) (any, error) {
	return exportAll(
		func(after string) ([]savedsearch.Search, error) {
			return j.rows.Searches(ctx, accountID, after, exportPage)
		},
		func(s savedsearch.Search) string { return s.ID },
		func(s savedsearch.Search) exportedSearch {
			return exportedSearch{s.ID, s.OrgID, exportTime(s.CreatedAt), s.Name, s.Query, s.Alert, s.ByMail, s.InApp}
		})
}

func (savedSearchRecords) Keeps(context.Context, string, []string) ([]account.Kept, error) {
	return nil, nil
}

// tokenRecords are the API tokens that a person made, without what proves them.
// They go with the account.
type tokenRecords struct{ personal *store.Personal }

var _ account.Records = tokenRecords{}

type exportedToken struct {
	ID             string              `json:"id"`
	OrganisationID string              `json:"organisation_id"`
	At             string              `json:"at"`
	Name           string              `json:"name"`
	Scopes         []policy.TokenScope `json:"scopes"`
}

func (j tokenRecords) Export(ctx context.Context, accountID string, _ []string) (any, error) {
	return exportAll(
		func(after string) ([]token.Token, error) {
			return j.personal.Tokens(ctx, accountID, after, exportPage)
		},
		func(t token.Token) string { return t.ID },
		func(t token.Token) exportedToken {
			return exportedToken{t.ID, t.OrgID, exportTime(t.CreatedAt), t.Name, t.Scopes}
		})
}

func (tokenRecords) Keeps(context.Context, string, []string) ([]account.Kept, error) { return nil, nil }
