package app

import (
	"context"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/notify"
	"chengqiao/internal/reward"
	"chengqiao/internal/store"
)

// records are the sections of a person's export that other domains fill, and
// what of them the law makes somebody keep.
func records(rewards *store.Reward, personal *store.Personal, notes *store.Note, searches *store.SavedSearch, notices *store.Notify) map[string]account.Records {
	return map[string]account.Records{
		"rewards":        rewardRecords{rewards, personal},
		"deals":          dealRecords{personal},
		"signatures":     signatureRecords{personal},
		"files":          fileRecords{personal},
		"parts":          partRecords{personal},
		"readings":       readingRecords{personal},
		"notes":          noteRecords{notes},
		"opinions":       opinionRecords{personal},
		"saved_searches": savedSearchRecords{searches},
		"api_tokens":     tokenRecords{personal},
		"letters":        letterRecords{notices},
	}
}

// exportPage bounds one reading; an export reads all pages.
const exportPage = 500

// exportAll reads all pages of what is listed by id and makes each ready to be
// shown.
func exportAll[T, V any](read func(after string) ([]T, error), id func(T) string, show func(T) V) ([]V, error) {
	out := []V{}
	after := ""
	for {
		page, err := read(after)
		if err != nil {
			return nil, err
		}
		for _, each := range page {
			out = append(out, show(each))
		}
		if len(page) < exportPage {
			return out, nil
		}
		after = id(page[len(page)-1])
	}
}

func exportTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// rewardRecords are a person's rewards. They outlive an erasure with the
// person's name: tax law and the agreement on weights keep them.
type rewardRecords struct {
	rewards  *store.Reward
	personal *store.Personal
}

var _ account.Records = rewardRecords{}

type exportedShare struct {
	DistributionID string `json:"distribution_id"`
	ContractID     string `json:"contract_id"`
	On             string `json:"on"`
	State          string `json:"state"`
	Role           string `json:"role"`
	Weight         int64  `json:"weight"`
	AmountFen      int64  `json:"amount_fen"`
}

func (j rewardRecords) Export(ctx context.Context, _ string, persons []string) (any, error) {
	var after *reward.OwnShareKey
	return exportAll(func(string) ([]reward.OwnShare, error) {
		shares, err := j.rewards.OwnShares(ctx, persons, after, exportPage)
		if len(shares) > 0 {
			key := shares[len(shares)-1].Key()
			after = &key
		}
		return shares, err
	}, func(reward.OwnShare) string { return "" }, func(s reward.OwnShare) exportedShare {
		return exportedShare{
			DistributionID: s.DistributionID, ContractID: s.ContractID, On: string(s.On), State: string(s.State),
			Role: string(s.Role), Weight: s.Weight, AmountFen: s.Amount,
		}
	})
}

func (j rewardRecords) Keeps(ctx context.Context, _ string, persons []string) ([]account.Kept, error) {
	shares, err := j.rewards.OwnShares(ctx, persons, nil, 1)
	if err != nil {
		return nil, err
	}
	var kept []account.Kept
	if len(shares) > 0 {
		kept = append(kept, account.Kept{What: "reward_payments", Ground: "tax_record", Named: true})
	}
	agreed, err := j.personal.Agreed(ctx, persons)
	if agreed {
		kept = append(kept, account.Kept{What: "reward_agreements", Ground: "contract_record", Named: true})
	}
	return kept, err
}

// dealRecords are what a person wrote to other organisations. The other side
// keeps what it was told, without the name (E-Commerce Law art. 31: records of
// trade are kept for three years).
type dealRecords struct{ personal *store.Personal }

var _ account.Records = dealRecords{}

type exportedText struct {
	SubjectID string `json:"subject_id"`
	At        string `json:"at"`
	Text      string `json:"text"`
}

func (j dealRecords) Export(ctx context.Context, accountID string, _ []string) (any, error) {
	read := func(page func(context.Context, string, string, int) ([]store.Written, error)) ([]exportedText, error) {
		return exportAll(
			func(after string) ([]store.Written, error) { return page(ctx, accountID, after, exportPage) },
			func(w store.Written) string { return w.ID },
			func(w store.Written) exportedText { return exportedText{w.SubjectID, exportTime(w.At), w.Text} })
	}
	messages, err := read(j.personal.Messages)
	if err != nil {
		return nil, err
	}
	introductions, err := read(j.personal.Introductions)
	return map[string]any{"messages": messages, "introductions": introductions}, err
}

func (j dealRecords) Keeps(ctx context.Context, accountID string, _ []string) ([]account.Kept, error) {
	messages, err := j.personal.Messages(ctx, accountID, "", 1)
	if err != nil {
		return nil, err
	}
	introductions, err := j.personal.Introductions(ctx, accountID, "", 1)
	if err != nil || len(messages)+len(introductions) == 0 {
		return nil, err
	}
	return []account.Kept{{What: "deal_messages", Ground: "trade_record"}}, nil
}

// signatureRecords are what a person signed and what money the person handled
// for an organisation. Contract and accounts stand on the names under them.
type signatureRecords struct{ personal *store.Personal }

var _ account.Records = signatureRecords{}

type exportedSignature struct {
	Kind           string `json:"kind"`
	SubjectID      string `json:"subject_id"`
	OrganisationID string `json:"organisation_id"`
	At             string `json:"at"`
}

func (j signatureRecords) Export(ctx context.Context, accountID string, _ []string) (any, error) {
	signed, err := j.personal.Signatures(ctx, accountID, maxSignatures)
	out := make([]exportedSignature, 0, len(signed))
	for _, s := range signed {
		out = append(out, exportedSignature{s.Kind, s.SubjectID, s.OrgID, exportTime(s.At)})
	}
	return out, err
}

// maxSignatures bounds the signatures of an export: more than anybody gives in
// a working life.
const maxSignatures = 10_000

func (j signatureRecords) Keeps(ctx context.Context, accountID string, _ []string) ([]account.Kept, error) {
	signed, err := j.personal.Signatures(ctx, accountID, 1)
	if err != nil {
		return nil, err
	}
	var kept []account.Kept
	if len(signed) > 0 {
		kept = append(kept, account.Kept{What: "signatures", Ground: "contract_record", Named: true})
	}
	handled, err := j.personal.HandledMoney(ctx, accountID)
	if handled {
		kept = append(kept, account.Kept{What: "money_records", Ground: "accounting_record", Named: true})
	}
	return kept, err
}

// fileRecords are the files that a person attached. A file belongs to its
// subject, not to who attached it, and bears no name.
type fileRecords struct{ personal *store.Personal }

var _ account.Records = fileRecords{}

type exportedFile struct {
	ID          string `json:"id"`
	SubjectKind string `json:"subject_kind"`
	SubjectID   string `json:"subject_id"`
	Name        string `json:"name"`
	At          string `json:"at"`
}

func (j fileRecords) Export(ctx context.Context, accountID string, _ []string) (any, error) {
	return exportAll(
		func(after string) ([]store.Uploaded, error) {
			return j.personal.Uploads(ctx, accountID, after, exportPage)
		},
		func(u store.Uploaded) string { return u.ID },
		func(u store.Uploaded) exportedFile {
			return exportedFile{u.ID, u.SubjectKind, u.SubjectID, u.Name, exportTime(u.At)}
		})
}

func (fileRecords) Keeps(context.Context, string, []string) ([]account.Kept, error) { return nil, nil }

// letterRecords are the kinds of letters that a person declines.
type letterRecords struct{ notices *store.Notify }

var _ account.Records = letterRecords{}

func (j letterRecords) Export(ctx context.Context, accountID string, _ []string) (any, error) {
	declined, err := j.notices.Declined(ctx, accountID)
	return map[string]any{"declined": append([]notify.Topic{}, declined...)}, err
}

func (letterRecords) Keeps(context.Context, string, []string) ([]account.Kept, error) {
	return nil, nil
}
