package app

import (
	"context"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/contract"
	"chengqiao/internal/deal"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/match"
	"chengqiao/internal/store"
)

// outcomeEvents are those after which something has become of a match.
var outcomeEvents = []event.Name{
	event.IntroductionMade, event.IntroductionAnswered, event.IntroductionWithdrawn, event.IntroductionLapsed,
	event.DealChanged, event.ContractDrafted, event.ContractSigned,
}

// matchOutcomes tells the ledger of matches what becomes of introductions,
// deals and contracts.
type matchOutcomes struct {
	matches   *match.Service
	deals     *store.Deal
	contracts *store.Contract
}

// handle keeps what the events' subjects have come to. It reads them anew, so
// that a late or repeated event tells nothing else.
func (j matchOutcomes) handle(ctx context.Context, events []event.Event) error {
	var happened []match.Happening
	for _, e := range events {
		some, err := j.of(ctx, e.Kind, e.Subject)
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return err
		}
		happened = append(happened, some...)
	}
	return j.matches.Happened(ctx, happened)
}

func (j matchOutcomes) of(ctx context.Context, kind, id string) ([]match.Happening, error) {
	switch kind {
	case deal.IntroductionKind:
		i, err := j.deals.Introduction(ctx, id)
		if err != nil {
			return nil, err
		}
		return ofTopic(i.Topic, map[match.Fate]end{
			match.Introduced:                    {at: i.MadeAt},
			introductionFates[i.Position.State]: {at: i.EndedAt, code: i.Reason.Code},
		}), nil
	case deal.Kind:
		d, err := j.deals.Deal(ctx, id)
		if err != nil || d.Position.State != deal.Closed {
			return nil, err
		}
		return ofTopic(d.Topic, map[match.Fate]end{match.BrokenOff: {at: d.EndedAt, code: d.Reason.Code}}), nil
	default:
		c, err := j.contracts.Contract(ctx, id)
		if err != nil {
			return nil, err
		}
		d, err := j.deals.Deal(ctx, c.DealID)
		if err != nil {
			return nil, err
		}
		return ofTopic(d.Topic, map[match.Fate]end{
			match.Drafted: {at: c.DraftedAt}, match.Signed: {at: signedAt(c)},
		}), nil
	}
}

// introductionFates are what the ends of an introduction are to its match.
var introductionFates = map[lifecycle.State]match.Fate{
	deal.Accepted: match.Accepted, deal.Declined: match.Declined, deal.Withdrawn: match.TakenBack, deal.Lapsed: match.Lapsed,
}

// end is when something came to a fate, and why; zero for not yet.
type end struct {
	at   time.Time
	code string
}

// ofTopic are the fates that have come, of the pair that was talked about; none
// where it was one side alone.
func ofTopic(t deal.Topic, ends map[match.Fate]end) []match.Happening {
	if t.Offered() == "" || t.NeedID == "" {
		return nil
	}
	subject := match.Ref{Kind: match.Package, ID: t.PackageID}
	if t.AchievementID != "" {
		subject = match.Ref{Kind: match.Achievement, ID: t.AchievementID}
	}
	pair := match.Pair{NeedID: t.NeedID, Subject: subject}
	var out []match.Happening
	for _, fate := range match.Fates {
		if e := ends[fate]; !e.at.IsZero() {
			out = append(out, match.Happening{Pair: pair, Fate: fate, At: e.at, Code: e.code})
		}
	}
	return out
}

// signedAt is when the last of both parties signed; zero before.
func signedAt(c contract.Contract) time.Time {
	if !c.Seller.Signed() || !c.Buyer.Signed() {
		return time.Time{}
	}
	if c.Seller.SignedAt.After(c.Buyer.SignedAt) {
		return c.Seller.SignedAt
	}
	return c.Buyer.SignedAt
}

// opinionRecords are what a person said of matches. The opinion is the
// organisation's, which keeps it without the name.
type opinionRecords struct{ personal *store.Personal }

var _ account.Records = opinionRecords{}

type exportedOpinion struct {
	MatchID        string `json:"match_id"`
	OrganisationID string `json:"organisation_id"`
	At             string `json:"at"`
	Verdict        string `json:"verdict"`
	ReasonCode     string `json:"reason_code"`
	Reason         string `json:"reason"`
}

func (j opinionRecords) Export(ctx context.Context, accountID string, _ []string) (any, error) {
	return exportAll(
		func(after string) ([]store.Opinion, error) {
			return j.personal.Opinions(ctx, accountID, after, exportPage)
		},
		func(o store.Opinion) string { return o.MatchID },
		func(o store.Opinion) exportedOpinion {
			return exportedOpinion{o.MatchID, o.OrgID, exportTime(o.At), o.Verdict, o.ReasonCode, o.Reason}
		})
}

func (opinionRecords) Keeps(context.Context, string, []string) ([]account.Kept, error) {
	return nil, nil
}

// givenOpinions forgets who gave an organisation's opinions.
type givenOpinions struct{ rows *store.Match }

func (j givenOpinions) Erase(ctx context.Context, account string, _ []string) error {
	return j.rows.ForgetGiver(ctx, account)
}
