package finding_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"chengqiao/internal/errs"
	"chengqiao/internal/finding"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/text"
)

// shelf answers every query with the same hits and remembers what was asked.
type shelf struct {
	one    sync.Mutex // asks at a time
	asked  search.Query
	result search.Result
	err    error

	typed       []search.Typing
	suggestions search.Suggestions
	meant       string
	// answer, if not nil, answers instead of result.
	answer func(q search.Query) search.Result
}

func (s *shelf) Search(_ context.Context, q search.Query) (search.Result, error) {
	s.one.Lock()
	defer s.one.Unlock()
	s.asked = q
	if s.answer != nil {
		return s.answer(q), s.err
	}
	r := s.result
	r.Total = max(r.Total, 1) // else help would be asked for after it
	return r, s.err
}

// OrganisationNames calls each by its id.
func (s *shelf) OrganisationNames(_ context.Context, ids []string) (map[string]text.Text, error) {
	out := map[string]text.Text{}
	for _, id := range ids {
		out[id] = text.Text{Zh: id}
	}
	return out, nil
}

// Suggest remembers whose typing it was given.
func (s *shelf) Suggest(_ context.Context, q search.Typing) (search.Suggestions, error) {
	s.typed = append(s.typed, q)
	return s.suggestions, s.err
}

func (s *shelf) Correct(context.Context, search.Query, search.Result) (search.Correction, error) {
	if s.meant == "" {
		return search.Correction{}, s.err
	}
	return search.Correction{Text: s.meant, Total: 7}, s.err
}

// Cards gives a card for all but "gone".
func (s *shelf) Cards(_ context.Context, _ policy.Actor, _ []string, hits []search.Hit) (map[string]finding.Card, error) {
	out := map[string]finding.Card{}
	for _, h := range hits {
		if h.ID != "gone" {
			out[h.ID] = finding.Card{ID: h.ID}
		}
	}
	return out, nil
}

// Granted gives every organisation a listing of its own.
func (s *shelf) Granted(_ context.Context, org string, _ int) ([]string, error) {
	return []string{"signed by " + org}, nil
}

func TestAPersonAsksWithWhatTheOrganisationSignedFor(t *testing.T) {
	for _, actor := range []policy.Actor{{}, {AccountID: "a"}, {AccountID: "a", OrgID: "org"}} {
		s := &shelf{}
		if _, err := finding.NewFinder(s, s, s).Find(t.Context(), actor, finding.Request{PageSize: 1}); err != nil {
			t.Fatal(err)
		}
		var want []string
		if actor.OrgID != "" {
			want = []string{"signed by " + actor.OrgID}
		}
		if !slices.Equal(s.asked.Reader.Granted, want) {
			t.Errorf("%+v asks with grants %v, want %v", actor, s.asked.Reader.Granted, want)
		}
	}
}

func TestAPersonAsksWithTheTiersThatAreTheirs(t *testing.T) {
	member := policy.Actor{AccountID: "a", OrgID: "org", OrgVerified: true}
	for name, c := range map[string]struct {
		actor policy.Actor
		tiers []policy.Tier
	}{
		"a visitor":  {policy.Actor{}, []policy.Tier{policy.TierPublic}},
		"a newcomer": {policy.Actor{AccountID: "a", OrgID: "org"}, []policy.Tier{policy.TierPublic}},
		"a member":   {member, []policy.Tier{policy.TierPublic, policy.TierMembers}},
	} {
		s := &shelf{}
		if _, err := finding.NewFinder(s, s, s).Find(t.Context(), c.actor, finding.Request{Page: 3, PageSize: 20}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(s.asked.Reader.Tiers, c.tiers) || s.asked.Reader.Organisation != c.actor.OrgID {
			t.Errorf("%s asks as %+v", name, s.asked.Reader)
		}
		if s.asked.Offset != 40 || s.asked.Limit != 20 {
			t.Errorf("page 3 begins at %d", s.asked.Offset)
		}
	}
}

func TestALongQueryIsCutAndTold(t *testing.T) {
	s := &shelf{}
	answer, err := finding.NewFinder(s, s, s).Find(t.Context(), policy.Actor{}, finding.Request{Text: strings.Repeat("电", 501), PageSize: 1})
	if err != nil || !answer.Cut || len([]rune(s.asked.Text)) != finding.MaxText {
		t.Errorf("%v, cut %v, %d characters asked", err, answer.Cut, len([]rune(s.asked.Text)))
	}
	answer, err = finding.NewFinder(s, s, s).Find(t.Context(), policy.Actor{}, finding.Request{Text: strings.Repeat("电", 500), PageSize: 1})
	if err != nil || answer.Cut {
		t.Errorf("500 characters: %v, cut %v", err, answer.Cut)
	}
}

func TestAHitWithoutACardIsLeftOut(t *testing.T) {
	s := &shelf{result: search.Result{Hits: []search.Hit{{ID: "here"}, {ID: "gone"}}, Total: 2}}
	answer, err := finding.NewFinder(s, s, s).Find(t.Context(), policy.Actor{}, finding.Request{PageSize: 20})
	if err != nil || len(answer.Hits) != 1 || answer.Hits[0].ID != "here" {
		t.Errorf("%+v %v", answer, err)
	}
}

func TestAnEngineThatIsAwayIsTold(t *testing.T) {
	s := &shelf{err: errs.New(errs.Unavailable, "search_unavailable")}
	if _, err := finding.NewFinder(s, s, s).Find(t.Context(), policy.Actor{}, finding.Request{PageSize: 20}); errs.CodeOf(err) != "search_unavailable" {
		t.Errorf("%v", err)
	}
}
