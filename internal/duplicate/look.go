package duplicate

import (
	"cmp"
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"time"

	"chengqiao/internal/beside"
	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/policy"
)

// seen is a subject with the sketches of its views.
type seen struct {
	Subject
	inside, open *Sketch
}

// Look compares listings as they are now with all others, and notes what it
// finds: new pairs are suspected, pairs no longer alike cleared, pairs kept
// apart suspected again where they became more alike. It bears repetition.
// Work in two transactions: the keys are committed before others are looked
// for, so that of two listings that are looked at at once at least one sees
// the other.
func (s *Service) Look(ctx context.Context, refs []Ref) error {
	for _, kind := range Kinds {
		var ids []string
		for _, r := range refs {
			if r.Kind == kind && !slices.Contains(ids, r.ID) {
				ids = append(ids, r.ID)
			}
		}
		if len(ids) == 0 {
			continue
		}
		if err := s.look(ctx, kind, ids); err != nil {
			return err
		}
	}
	return nil
}

// LookAtTold is Look for those of the listings that nobody has looked at since:
// after an import both the events and LookAtChanged lead to each.
func (s *Service) LookAtTold(ctx context.Context, refs []Ref) error {
	left, err := s.deps.Store.StillUnlooked(ctx, s.deps.Finder.model.Version, refs)
	if err != nil {
		return err
	}
	return s.Look(ctx, left)
}

func (s *Service) look(ctx context.Context, kind string, ids []string) error {
	found, err := s.sketched(ctx, kind, ids)
	if err != nil {
		return err
	}
	prints := make([]Print, 0, len(found))
	for _, one := range found {
		p := Print{Ref: one.Ref, Version: one.Version}
		if !one.Ended && !s.read(ctx, kind, []string{one.ID}, func() { p.Keys = s.keys(kind, one) }) {
			one.Ended = true
		}
		prints = append(prints, p)
	}
	if err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error { return s.deps.Store.SetKeys(ctx, prints) }); err != nil {
		return err
	}
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.compare(ctx, kind, found); err != nil {
			return err
		}
		return s.deps.Store.Looked(ctx, s.deps.Finder.model.Version, prints)
	})
}

// keys are those of both views: which of them two listings are compared by is
// decided when they are.
func (s *Service) keys(kind string, one *seen) []int64 {
	keys := s.deps.Finder.Keys(kind, one.inside)
	if one.open != nil {
		keys = append(keys, s.deps.Finder.Keys(kind, one.open)...)
		slices.Sort(keys)
		keys = slices.Compact(keys)
	}
	return keys
}

// read does what reads the texts of listings, and tells whether it could. Those
// over which the program stumbles are named in the log and passed over, until they
// change: they must not keep all others from being compared.
func (s *Service) read(ctx context.Context, kind string, ids []string, do func()) bool {
	err := errs.Caught(func() error {
		do()
		return nil
	})
	if err != nil {
		s.tellPassedOver(ctx, kind, ids, err)
	}
	return err == nil
}

func (s *Service) tellPassedOver(ctx context.Context, kind string, ids []string, err error) {
	s.deps.Log.ErrorContext(ctx, "listing could not be read for duplicates and is passed over", "kind", kind, "ids", ids, "error", err)
}

// sketched reads subjects and cuts their views, on every processor.
func (s *Service) sketched(ctx context.Context, kind string, ids []string) (map[string]*seen, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	subjects, err := s.deps.Listings.Subjects(ctx, kind, ids)
	if err != nil {
		return nil, err
	}
	all := make([]*seen, len(subjects))
	beside.All(len(subjects), runtime.GOMAXPROCS(0), func(i int) {
		subject, id := subjects[i], []string{subjects[i].ID}
		if subject.Stumbled != nil {
			s.tellPassedOver(ctx, kind, id, subject.Stumbled)
		} else if s.read(ctx, kind, id, func() { all[i] = s.sketch(subject) }) {
			return
		}
		subject.Ended = true
		all[i] = &seen{Subject: subject}
	})
	out := make(map[string]*seen, len(all))
	for _, one := range all {
		out[one.ID] = one
	}
	return out, nil
}

func (s *Service) sketch(subject Subject) *seen {
	one := &seen{Subject: subject}
	if subject.Ended {
		return one
	}
	one.inside = s.deps.Finder.Sketch(subject.Inside)
	switch open := subject.Open; {
	case open == nil:
	case open.Title == subject.Inside.Title && open.Body == subject.Inside.Body:
		one.open = one.inside.of(*open)
	default:
		one.open = s.deps.Finder.Sketch(*open)
	}
	return one
}

// pairing is two listings with how alike they are.
type pairing struct {
	first, second *seen
	score, open   float64
	codes         []Code
}

func (s *Service) compare(ctx context.Context, kind string, found map[string]*seen) error {
	ids := make([]string, 0, len(found))
	for id := range found {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	stored, err := s.deps.Store.Of(ctx, ids)
	if err != nil {
		return err
	}
	sharing, err := s.deps.Store.Sharing(ctx, ids, s.deps.Finder.model.SharedKeys, s.deps.Finder.model.LargestBucket)
	if err != nil {
		return err
	}
	known, err := s.others(ctx, kind, found, sharing, stored)
	if err != nil {
		return err
	}
	alike := map[[2]string]pairing{}
	for _, id := range ids {
		for _, p := range s.family(ctx, kind, known, id, sharing[id]) {
			alike[[2]string{p.first.ID, p.second.ID}] = p
		}
	}
	for _, pair := range stored {
		key := [2]string{pair.First, pair.Second}
		now, ok := alike[key]
		if !ok {
			now, ok = s.pairing(ctx, kind, known[pair.First], known[pair.Second])
		}
		delete(alike, key)
		if err := s.settle(ctx, pair, now, ok); err != nil {
			return err
		}
	}
	return s.suspect(ctx, kind, alike)
}

// others adds to the listings that are looked at those that they are to be
// compared with.
func (s *Service) others(ctx context.Context, kind string, found map[string]*seen, sharing map[string][]string, stored []Pair) (map[string]*seen, error) {
	known := make(map[string]*seen, len(found))
	for id, one := range found {
		known[id] = one
	}
	var missing []string
	want := func(id string) {
		if known[id] == nil {
			missing = append(missing, id)
		}
	}
	for _, ids := range sharing {
		for _, id := range ids {
			want(id)
		}
	}
	for _, p := range stored {
		want(p.First)
		want(p.Second)
	}
	slices.Sort(missing)
	more, err := s.sketched(ctx, kind, slices.Compact(missing))
	for id, one := range more {
		known[id] = one
	}
	return known, err
}

// family are the pairs of one listing, most alike first and not too many.
func (s *Service) family(ctx context.Context, kind string, known map[string]*seen, id string, others []string) []pairing {
	var out []pairing
	for _, other := range others {
		if p, ok := s.pairing(ctx, kind, known[id], known[other]); ok {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b pairing) int {
		return cmp.Or(-cmp.Compare(a.score, b.score), cmp.Compare(a.first.ID, b.first.ID), cmp.Compare(a.second.ID, b.second.ID))
	})
	return out[:min(len(out), s.deps.Finder.model.LargestFamily)]
}

// pairing compares two listings, by what their owner has where that is one and
// by what anybody has; false where neither suffices.
func (s *Service) pairing(ctx context.Context, kind string, a, b *seen) (p pairing, alike bool) {
	if a == nil || b == nil || a.Ended || b.Ended || a.ID == b.ID {
		return pairing{}, false
	}
	if b.ID < a.ID {
		a, b = b, a
	}
	read := s.read(ctx, kind, []string{a.ID, b.ID}, func() { p = s.compared(a, b) })
	return p, read && p.score > 0
}

// compared is how alike two listings are, a score of 0 where it does not suffice.
func (s *Service) compared(a, b *seen) pairing {
	p, possible := pairing{first: a, second: b}, s.deps.Finder.model.Possible
	if a.open != nil && b.open != nil {
		like := s.deps.Finder.Compare(a.open, b.open)
		if like.Score >= possible {
			p.open, p.score, p.codes = like.Score, like.Score, codesFor(like.Reasons)
		}
	}
	if a.OrgID == b.OrgID {
		like := s.deps.Finder.Compare(a.inside, b.inside)
		if like.Score >= possible {
			p.score, p.codes = like.Score, codesFor(like.Reasons)
		}
	}
	return p
}

// suspect stores pairs that are new.
func (s *Service) suspect(ctx context.Context, kind string, alike map[[2]string]pairing) error {
	for _, p := range alike {
		pair := Pair{
			ID: ident.NewID(), Kind: kind, First: p.first.ID, Second: p.second.ID,
			FirstOrg: p.first.OrgID, SecondOrg: p.second.OrgID,
		}
		s.rate(&pair, p)
		if err := s.step(ctx, policy.SystemActor(), &pair, policy.DuplicateFind, "", nil); err != nil {
			return err
		}
	}
	return nil
}

// rate puts how alike two listings are to their pair and tells whether that
// is news.
func (s *Service) rate(pair *Pair, p pairing) bool {
	before := *pair
	pair.Score, pair.OpenScore = inMillionths(p.score), inMillionths(p.open)
	pair.Model = s.deps.Finder.model.Version
	return pair.Score != before.Score || pair.OpenScore != before.OpenScore || pair.Model != before.Model
}

func inMillionths(score float64) int64 { return int64(math.Round(score * millionths)) }

// settle brings a stored pair to how alike both are now.
func (s *Service) settle(ctx context.Context, pair Pair, now pairing, alike bool) error {
	system := policy.SystemActor()
	switch state := pair.Position.State; {
	case state == Suspected && !alike:
		return s.step(ctx, system, &pair, policy.DuplicateClear, "", nil)
	case state == Suspected && s.rate(&pair, now):
		return s.deps.Store.Rate(ctx, pair)
	case alike && (state == Cleared || state == Apart && s.moreAlike(pair, now)):
		s.rate(&pair, now)
		pair.Kept = Kept{}
		return s.step(ctx, system, &pair, policy.DuplicateFind, "", nil)
	}
	return nil
}

// moreAlike tells whether a pair that was kept apart has to be asked again: it
// became clearly more alike, or an identifier of the result itself agrees that
// did not; a funder's number is of the project.
func (s *Service) moreAlike(pair Pair, now pairing) bool {
	if inMillionths(now.score) >= pair.Kept.Score+inMillionths(s.deps.Finder.model.Reopen) {
		return true
	}
	return slices.ContainsFunc([]Code{ReasonPatent, ReasonRegistration, ReasonRecord, ReasonDOI}, func(c Code) bool {
		return slices.Contains(now.codes, c) && !slices.Contains(pair.Kept.Codes, c)
	})
}

const (
	// fullPass is how often all listings are asked for.
	fullPass = time.Hour
	// longestWrite is how long after its instant an update may be committed, on
	// another replica's clock too.
	longestWrite = 5 * time.Minute
)

// pass is a walk through the listings in the order of their updates, a batch at a
// time: none is gone through again because those before it were compared.
type pass struct {
	began   time.Time // zero: none is under way
	all     bool      // from the very first, not from where the pass before began
	reached Place
}

// LookAtChanged looks at up to limit listings that changed since they were
// compared, whoever was told of it, and says how many. Once it has found all,
// it asks for what was updated since, and now and then for all again.
func (s *Service) LookAtChanged(ctx context.Context, limit int) (int, error) {
	now := s.deps.Clock.Now()
	s.mu.Lock()
	walk := s.pass
	if walk.began.IsZero() {
		walk = pass{began: now, reached: Place{At: s.passed}}
		if now.Sub(s.passedAll) > fullPass {
			walk.all, walk.reached = true, Place{}
		}
	}
	s.mu.Unlock()
	refs, reached, err := s.unlooked(ctx, walk.reached, limit)
	if err != nil {
		return 0, err
	}
	err = s.Look(ctx, refs)
	if errors.Is(err, errs.New(errs.Stale, "stale_version")) {
		return 0, nil // another replica looks at the same; the next turn goes on
	}
	if err != nil {
		return 0, err
	}
	walk.reached = reached
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pass = walk
	if len(refs) < limit {
		s.pass, s.passed = pass{}, walk.began.Add(-longestWrite)
		if walk.all {
			s.passedAll = walk.began
		}
	}
	return len(refs), nil
}

// unlooked walks on from a place in the order of updates to the limit-th listing
// that is still to be compared, or to the end, and tells where it came to.
func (s *Service) unlooked(ctx context.Context, after Place, limit int) (found []Ref, reached Place, err error) {
	for {
		page, err := s.deps.Store.ByUpdate(ctx, Kinds, after, limit)
		if err != nil || len(page) == 0 {
			return found, after, err
		}
		refs := make([]Ref, len(page))
		for i, u := range page {
			refs[i] = u.Ref
		}
		left, err := s.deps.Store.StillUnlooked(ctx, s.deps.Finder.model.Version, refs)
		if err != nil {
			return nil, after, err
		}
		for _, u := range page {
			after = Place{At: u.At, ID: u.ID}
			if slices.Contains(left, u.Ref) {
				found = append(found, u.Ref)
			}
			if len(found) == limit {
				return found, after, nil
			}
		}
	}
}

// scanPage is how many listings a full pass looks at in one go: its memory is
// theirs and their candidates'.
const scanPage = 500

// Scan looks at all listings that changed since they were compared, or by a
// former model, page by page, and says how many. progress may be nil.
func (s *Service) Scan(ctx context.Context, progress func(looked int)) (int, error) {
	total, after := 0, Place{}
	for {
		refs, reached, err := s.unlooked(ctx, after, scanPage)
		if err != nil || len(refs) == 0 {
			return total, err
		}
		if err := s.Look(ctx, refs); err != nil {
			return total, err
		}
		total, after = total+len(refs), reached
		if progress != nil {
			progress(total)
		}
	}
}
