package catalog

import (
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// ContributionKind names contributions in journal and events.
const ContributionKind = "contribution"

// Contribution is what a person was asked about their part in an achievement,
// and what they answered: each contributor confirms in person. It holds for
// exactly the role and weight asked about; other ones are asked about anew.
type Contribution struct {
	ID            string
	AchievementID string
	PersonID      string
	Role          ContributorRole
	Weight        int64
	Answer        ContributionAnswer
	// Reason is why it was declined.
	Reason  string
	Version int64
	AskedAt time.Time
	// AnsweredAt is zero until then.
	AnsweredAt time.Time

	// Title and OwnerOrg are the achievement's, TotalWeight the sum of what all
	// its contributors were asked about: a share means nothing alone. A store
	// fills them in lists of a person's own.
	Title       text.Text
	OwnerOrg    string
	TotalWeight int64
}

// ContributionAnswer is where a contribution stands.
type ContributionAnswer string

// The answers.
const (
	PartAsked     ContributionAnswer = "asked"
	PartConfirmed ContributionAnswer = "confirmed"
	PartDeclined  ContributionAnswer = "declined"
)

// Agrees tells whether the person has confirmed exactly this part.
func (c Contribution) Agrees(p Contributor) bool {
	return c.Answer == PartConfirmed && c.about(p)
}

func (c Contribution) about(p Contributor) bool {
	return c.PersonID == p.PersonID && c.Role == p.Role && c.Weight == p.Weight
}

// ask is the contribution as it is asked for a contributor of an achievement:
// the kept one, if it is about the same part; else one to be answered. asked
// tells whether the person has something new to answer.
func ask(kept *Contribution, achievement string, p Contributor, now time.Time) (c Contribution, asked bool) {
	if kept != nil && kept.about(p) {
		return *kept, false
	}
	c = Contribution{ID: ident.NewID(), AchievementID: achievement, PersonID: p.PersonID}
	if kept != nil {
		c = *kept
	}
	c.Role, c.Weight, c.Answer, c.Reason = p.Role, p.Weight, PartAsked, ""
	c.AskedAt, c.AnsweredAt = now, time.Time{}
	c.Version++
	return c, true
}

// maxPartReason bounds why a part is declined, in characters.
const maxPartReason = 1000

// answer is the contribution with the person's answer. Errors: errs.Stale
// "stale_version" when it was asked about another part meanwhile;
// errs.Conflict "already_answered"; errs.Invalid "invalid_fields".
func (c Contribution) answer(a ContributionAnswer, reason string, version int64, now time.Time) (Contribution, error) {
	switch {
	case c.Version != version:
		return c, errs.New(errs.Stale, "stale_version")
	case a != PartConfirmed && a != PartDeclined:
		return c, errs.InvalidFields([]errs.Field{{Path: "answer", Code: "unknown_value"}})
	case a == PartDeclined && reason == "":
		return c, errs.InvalidFields([]errs.Field{{Path: "reason", Code: "required"}})
	case text.Length(reason) > maxPartReason:
		return c, errs.InvalidFields([]errs.Field{{Path: "reason", Code: "too_long", Params: errs.Params{"max": maxPartReason}}})
	case c.Answer == a:
		return c, errs.New(errs.Conflict, "already_answered")
	}
	c.Answer, c.Reason, c.AnsweredAt = a, reason, now
	if a == PartConfirmed {
		c.Reason = ""
	}
	c.Version++
	return c, nil
}

// Facts are what policy has to know of it.
func (c Contribution) Facts() policy.Facts { return policy.Facts{Persons: []string{c.PersonID}} }
