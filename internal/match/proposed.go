package match

import (
	"context"
	"slices"

	"chengqiao/internal/policy"
)

// mostProposed bounds how many proposals stand in one list of matches.
const mostProposed = 20

// withProposed puts what mediators proposed by hand before what was found: a
// person stands for it by name. What the reader's organisation has found
// irrelevant stays away.
func (s *Service) withProposed(ctx context.Context, q question, said []Feedback, found []finding) ([]finding, error) {
	if q.own == nil {
		return found, nil
	}
	open, err := s.store.OpenProposals(ctx, q.asked.Ref, mostProposed)
	if err != nil || len(open) == 0 {
		return found, err
	}
	others := make([]Ref, 0, len(open))
	for _, p := range open {
		others = append(others, p.other(q.asked.Kind))
	}
	listings, err := s.live(ctx, others)
	if err != nil {
		return nil, err
	}
	var first []finding
	for i := range open {
		p, other := open[i], others[i]
		if slices.ContainsFunc(said, func(f Feedback) bool { return f.Other == other && f.Opinion == Irrelevant }) {
			continue
		}
		at := slices.IndexFunc(found, func(f finding) bool { return f.other.Ref == other })
		if at >= 0 {
			f := found[at]
			f.proposal = &p
			first, found = append(first, f), slices.Delete(found, at, at+1)
			continue
		}
		l, ok := listings[other]
		if !ok {
			continue // no longer live
		}
		f, ok := s.finding(q, l)
		if !ok {
			continue
		}
		s.compared(&f, q.tiers)
		f.match.ID, f.proposal = p.MatchID, &p
		f.explanation = q.explained(q.explainer, f)
		first = append(first, f)
	}
	return append(first, found...), nil
}

// tellProposed tells of findings, in the order that they have, which of them a
// mediator proposed by hand.
func (s *Service) tellProposed(ctx context.Context, q question, found []finding) error {
	if len(found) == 0 {
		return nil
	}
	open, err := s.store.OpenProposals(ctx, q.asked.Ref, mostHidden)
	if err != nil {
		return err
	}
	by := make(map[Ref]*Proposal, len(open))
	for i, p := range open {
		by[p.other(q.asked.Kind)] = &open[i]
	}
	for i := range found {
		found[i].proposal = by[found[i].other.Ref]
	}
	return nil
}

// other is the listing on the other side of a kind's.
func (p Proposal) other(of Kind) Ref {
	if of == Need {
		return p.Subject
	}
	return Ref{Need, p.NeedID}
}

// compared gives a finding the features and the score of its pair, as readers
// of these tiers have both, whether or not the matching would show it.
func (s *Service) compared(f *finding, tiers []policy.Tier) {
	f.match.Features = Features{}
	ranked := s.index().Rank(s.model, Ask{View: f.need, Of: Need, Tiers: tiers, Admit: func(r Ref) bool { return r == f.match.Subject }})
	if len(ranked) == 1 {
		f.match.Features = ranked[0].Features()
	}
	s.weigh(f, newJudge(s.index().analyse))
}
