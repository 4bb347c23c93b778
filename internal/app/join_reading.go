package app

import (
	"context"

	"chengqiao/internal/account"
	"chengqiao/internal/catalog"
	"chengqiao/internal/store"
)

// partRecords are a person's parts in achievements, and what the person said to
// them. The owner keeps the answer, without the words and the name.
type partRecords struct{ personal *store.Personal }

var _ account.Records = partRecords{}

type exportedPart struct {
	AchievementID string `json:"achievement_id"`
	Role          string `json:"role"`
	Weight        int64  `json:"weight"`
	AskedAt       string `json:"asked_at"`
	Answer        string `json:"answer"`
	Reason        string `json:"reason"`
}

func (j partRecords) Export(ctx context.Context, _ string, persons []string) (any, error) {
	return exportAll(
		func(after string) ([]catalog.Contribution, error) {
			return j.personal.Parts(ctx, persons, after, exportPage)
		},
		func(c catalog.Contribution) string { return c.ID },
		func(c catalog.Contribution) exportedPart {
			return exportedPart{c.AchievementID, string(c.Role), c.Weight, exportTime(c.AskedAt), string(c.Answer), c.Reason}
		})
}

func (partRecords) Keeps(context.Context, string, []string) ([]account.Kept, error) { return nil, nil }

// answeredParts forgets the words of a person's answers.
type answeredParts struct{ rows *store.Contributions }

func (j answeredParts) Erase(ctx context.Context, account string, _ []string) error {
	return j.rows.ForgetReasons(ctx, account)
}

// readingRecords are what a person was shown above the public tier, and the
// documents that the person asked for. The owner of a listing keeps who saw
// what of it, by the account's id.
type readingRecords struct{ personal *store.Personal }

var _ account.Records = readingRecords{}

type exportedReading struct {
	Kind           string   `json:"kind"`
	SubjectID      string   `json:"subject_id"`
	OrganisationID string   `json:"organisation_id"`
	At             string   `json:"at"`
	Fields         []string `json:"fields,omitempty"`
}

type exportedRequest struct {
	DocumentID     string `json:"document_id"`
	OrganisationID string `json:"organisation_id"`
	At             string `json:"at"`
	State          string `json:"state"`
	Reason         string `json:"reason"`
}

func (j readingRecords) Export(ctx context.Context, accountID string, _ []string) (any, error) {
	shown, err := exportAll(
		func(after string) ([]store.Reading, error) {
			return j.personal.Readings(ctx, accountID, after, exportPage)
		},
		func(r store.Reading) string { return r.ID },
		func(r store.Reading) exportedReading {
			return exportedReading{r.Kind, r.SubjectID, r.OrgID, exportTime(r.At), r.Fields}
		})
	if err != nil {
		return nil, err
	}
	requests, err := exportAll(
		func(after string) ([]store.Asked, error) {
			return j.personal.Requests(ctx, accountID, after, exportPage)
		},
		func(a store.Asked) string { return a.ID },
		func(a store.Asked) exportedRequest {
			return exportedRequest{a.DocumentID, a.OrgID, exportTime(a.At), a.State, a.Reason}
		})
	return map[string]any{"shown": shown, "requests": requests}, err
}

func (readingRecords) Keeps(context.Context, string, []string) ([]account.Kept, error) {
	return nil, nil
}
