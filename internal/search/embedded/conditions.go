package embedded

import (
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// meeting are the documents that the reader sees and that meet all clauses and,
// of each of some options, one.
//
// The postings give those that have every word of a phrase; where that does not
// settle it, their wordings are read one by one. The worst is a phrase of words
// that are everywhere: all wordings are read once (docs/search.md has figures).
func (g *generation) meeting(ctx context.Context, clauses []search.Clause, oneOf [][]search.Option, s sight, r search.Reader) (*roaring.Bitmap, error) {
	set := s.visible
	for _, c := range clauses {
		holders, err := g.holders(ctx, c, set, s, r)
		if err != nil {
			return nil, err
		}
		if c.Not {
			set = roaring.AndNot(set, holders)
		} else {
			set = holders
		}
	}
	for _, options := range oneOf {
		any := roaring.New()
		for _, option := range options {
			meeting, err := g.meetingOption(ctx, option, set, s, r)
			if err != nil {
				return nil, err
			}
			any.Or(meeting)
		}
		set = any
	}
	return set, nil
}

// meetingOption are those of a set that answer an option's words or hold its phrase.
func (g *generation) meetingOption(ctx context.Context, option search.Option, among *roaring.Bitmap, s sight, r search.Reader) (*roaring.Bitmap, error) {
	if option.Words.Empty() {
		return g.holders(ctx, option.Phrase, among, s, r)
	}
	set := among
	for _, unit := range option.Words.Units {
		answering := roaring.New()
		for _, area := range search.Areas(unit, search.MatchAll) {
			answering.Or(g.having(unit.Sought(), area, s, r))
		}
		set = roaring.And(set, answering)
	}
	return set, nil
}

// holders are those of a set that say a clause's phrase where it counts and
// where the reader reads it.
func (g *generation) holders(ctx context.Context, c search.Clause, among *roaring.Bitmap, s sight, r search.Reader) (*roaring.Bitmap, error) {
	set, settled := among, c.Phrase.Indexed()
	for _, unit := range c.Phrase.Units() {
		area := search.AreaBody
		switch {
		case unit.Class == analysis.Single:
			area = search.AreaSingle
			settled = settled && c.In == ""
		case c.In == search.PropertyTitle:
			area = search.AreaTitle
		default:
			settled = settled && c.In == ""
		}
		set = roaring.And(set, g.having(unit.Term, area, s, r))
	}
	if settled {
		return set, nil
	}
	return g.saying(ctx, c, set, s, r)
}

// having are the documents with a term in an area that the reader reads.
func (g *generation) having(term string, area search.Area, s sight, r search.Reader) *roaring.Bitmap {
	out := roaring.New()
	for _, tier := range policy.AllTiers {
		restricted := !r.Reads(tier)
		if restricted && s.full.IsEmpty() {
			continue
		}
		found := roaring.New()
		for _, segment := range g.segments {
			list, _ := segment.fields[fieldNumber(tier, area)].list(term)
			found.AddMany(list)
		}
		if restricted {
			found.And(s.full)
		}
		out.Or(found)
	}
	return out
}

// readBetween is how many wordings are read before a look at whether anybody
// still waits.
const readBetween = 4_096

// saying are those of a set whose wordings hold the phrase.
func (g *generation) saying(ctx context.Context, c search.Clause, among *roaring.Bitmap, s sight, r search.Reader) (*roaring.Bitmap, error) {
	l := lookup{clause: c}
	for _, tier := range policy.AllTiers {
		l.reads = append(l.reads, r.Reads(tier))
	}
	if c.In != "" {
		l.property = propertyMark(c.In)
	}
	var found []uint32
	at := 0 // the segment that the last slot was in
	for n, slot := range among.ToArray() {
		if n%readBetween == readBetween-1 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		at += slices.IndexFunc(g.segments[at:], func(x *segment) bool { return slot <= x.last })
		segment := g.segments[at]
		if l.in(segment.wordings.at(slot-segment.first), s.full.Contains(slot)) {
			found = append(found, slot)
		}
	}
	return roaring.BitmapOf(found...), nil
}

// meeting ranks the documents of a set that answer a plan, and by other words:
// those of the phrases that they meet, and wishes. These decide nothing any more.
func (r *ranking) meeting(ctx context.Context, plan, others analysis.Plan, set *roaring.Bitmap) (*roaring.Bitmap, error) {
	found := set
	if !plan.Empty() {
		if r.telling = r.match == search.MatchSome; r.telling {
			r.tellingOf(len(r.columns.ids))
		}
		answering, err := r.rank(ctx, plan)
		if r.telling {
			r.weighTold(answering)
		}
		if err != nil {
			return nil, err
		}
		found = roaring.And(set, answering)
	}
	if found.IsEmpty() || others.Empty() {
		return found, nil
	}
	partial := r.partial
	_, err := r.rank(ctx, others)
	r.partial = partial
	return found, err
}
