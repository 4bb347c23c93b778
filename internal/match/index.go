package match

import (
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"chengqiao/internal/policy"
	"chengqiao/internal/recent"
)

// side is which half of the market a listing stands on.
type side uint8

const (
	results side = iota // achievements and packages
	needs
	sideCount
)

func sideOf(k Kind) side {
	if k == Need {
		return needs
	}
	return results
}

// readers is for whom a slot is: listings whose texts are the same for both
// kinds of readers take one slot, others one each.
type readers uint8

const (
	publicReader readers = 1 << iota
	memberReader
)

func readerOf(tiers []policy.Tier) readers {
	if slices.Contains(tiers, policy.TierMembers) {
		return memberReader
	}
	return publicReader
}

// slot is one listing as one sort of readers sees it.
type slot struct {
	ref     Ref
	org     string
	readers readers // 0: the slot is free
	chinese bool    // written in Chinese, perhaps in another language too
	facts   facts
	// inside are the facts that members have; nil where they are the same.
	inside  *facts
	vector  packed
	phrases []phrase // in order
	point   point
	meaning Meaning
}

// factsFor are the facts that such readers have.
func (s *slot) factsFor(who readers) *facts {
	if who == memberReader && s.inside != nil {
		return s.inside
	}
	return &s.facts
}

type half struct {
	postings [][]posting // by term, each by slot
	slots    []slot
	free     []uint32
	// silhouettes are those of the slots' points, all zero where there is none.
	silhouettes []silhouette
	meanings    meanings
}

// put sets where a slot lies.
func (h *half) put(at uint32, p point) {
	for len(h.silhouettes) < len(h.slots) {
		h.silhouettes = append(h.silhouettes, silhouette{})
	}
	h.slots[at].point = p
	h.silhouettes[at] = p.silhouette()
}

// place says in which slots a listing stands; -1 is nowhere.
type place struct {
	public, members int32
}

// known is what is known of a term beside its name, in one place of memory: who
// compares asks for all of it, for terms from everywhere.
type known struct {
	df       int32 // in how many public slots of both halves
	imagined int32 // how many of the imagined listings have it
	class    class
	// native says that the space knows what the term means in its own language.
	native bool
}

// Index is the inverted index over the live listings, in memory. It is derived
// data: it can be saved and loaded, and rebuilt from the listings at any time,
// with the same content in whatever order they come. Safe for concurrent use;
// a change takes effect whole.
type Index struct {
	analyse Analyser
	asker   *asker
	model   TermModel

	mu   sync.RWMutex
	dict map[string]uint32
	// names are those that many listings share: kinds, owners, codes of facts.
	names map[string]string
	terms []string
	known []known // by term
	size
	halves [sideCount]half
	places map[Ref]place
	// phrases counts in how many public slots of both halves the phrases of a
	// bucket stand; nil until there is one.
	phrases []int32
	space   *space // nil: nothing is learnt
	// meant is what the meanings of public slots add up to.
	meant meaningSum

	// generation counts the changes of what is above.
	generation int64
	wishes     *recent.Kept[wishKey, *wish]
	described  *recent.Kept[describedKey, []Ref]

	scratch sync.Pool // *[]float32
	memos   struct{ all, chinese atomic.Pointer[memo] }
}

// size is how many public slots an index has in both halves.
type size struct {
	public int
	// chinese is how many of these are written in Chinese.
	chinese int
}

// NewIndex makes an empty index for a model's terms.
func NewIndex(analyse Analyser, model TermModel) *Index {
	return &Index{
		analyse: analyse, asker: newAsker(analyse, model), model: model,
		dict: map[string]uint32{}, names: map[string]string{}, places: map[Ref]place{},
		wishes: recent.Keep[wishKey, *wish](keptWishes), described: recent.Keep[describedKey, []Ref](describedKept),
	}
}

// Size is the number of listings.
func (x *Index) Size() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.places)
}

// Has tells whether the listing is in the index.
func (x *Index) Has(ref Ref) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	_, ok := x.places[ref]
	return ok
}

// Refs lists what is in the index, in no order.
func (x *Index) Refs() []Ref {
	x.mu.RLock()
	defer x.mu.RUnlock()
	out := make([]Ref, 0, len(x.places))
	for ref := range x.places {
		out = append(out, ref)
	}
	return out
}

// Upsert puts a listing in, in place of what stood under its Ref. A listing
// that neither the public nor members may see leaves the index.
func (x *Index) Upsert(l Listing) {
	var public, members weighed
	var publicFacts, memberFacts facts
	of := sideOf(l.Kind)
	if l.Public != nil {
		public, publicFacts = x.weigh(l.Public, of), factsOf(l.Public)
	}
	if l.Members != nil && l.Members != l.Public {
		members, memberFacts = x.weigh(l.Members, of), factsOf(l.Members)
	}
	same := l.Public != nil && (l.Members == nil || l.Members == l.Public ||
		public.equal(members) && slices.Equal(l.Public.Meaning, l.Members.Meaning))

	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(l.Ref)
	at := place{-1, -1}
	h := &x.halves[of]
	if l.Public != nil {
		who := publicReader
		if same {
			who |= memberReader
		}
		s := slot{ref: l.Ref, org: l.OrgID, readers: who, facts: publicFacts, meaning: l.Public.Meaning}
		if same && l.Members != nil && l.Members != l.Public && memberFacts != publicFacts {
			s.inside = &memberFacts
		}
		at.public = x.add(h, s, public)
		if same {
			at.members = at.public
		}
	}
	if l.Members != nil && !same {
		at.members = x.add(h, slot{ref: l.Ref, org: l.OrgID, readers: memberReader, facts: memberFacts, meaning: l.Members.Meaning}, members)
	}
	if at != (place{-1, -1}) {
		x.places[l.Ref] = at
	}
}

// Delete takes a listing out; one that is not there is no error.
func (x *Index) Delete(ref Ref) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(ref)
}

func (x *Index) add(h *half, s slot, content weighed) int32 {
	entries := make([]entry, 0, len(content.terms))
	for _, w := range content.terms {
		entries = append(entries, entry{x.number(w.term), w.impact, w.fields, w.mention})
	}
	slices.SortFunc(entries, func(a, b entry) int { return byID(a, b.id) })
	s.vector, s.phrases, s.chinese = pack(entries), slices.Clip(content.phrases), x.isChinese(entries)
	x.intern(&s)
	var at uint32
	if n := len(h.free); n > 0 {
		at, h.free = h.free[n-1], h.free[:n-1]
		h.slots[at] = s
	} else {
		at = uint32(len(h.slots))
		h.slots = append(h.slots, s)
	}
	if missing := len(x.terms) - len(h.postings); missing > 0 {
		h.postings = append(h.postings, make([][]posting, missing)...)
	}
	for _, e := range entries {
		h.post(e.id, at, e.impact)
	}
	x.count(&s, entries, 1)
	h.put(at, x.space.pointOf(entries))
	h.mean(at, s.meaning, nil)
	return int32(at)
}

func (x *Index) remove(ref Ref) {
	at, ok := x.places[ref]
	if !ok {
		return
	}
	delete(x.places, ref)
	h := &x.halves[sideOf(ref.Kind)]
	x.vacate(h, at.public)
	if at.members != at.public {
		x.vacate(h, at.members)
	}
}

func (x *Index) vacate(h *half, at int32) {
	if at < 0 {
		return
	}
	s := h.slots[at]
	entries := s.vector.unpack(nil)
	for _, e := range entries {
		h.unpost(e.id, uint32(at))
	}
	x.count(&s, entries, -1)
	h.slots[at] = slot{}
	h.mean(uint32(at), nil, s.meaning)
	h.silhouettes[at] = silhouette{}
	h.free = append(h.free, uint32(at))
}

// count keeps the document frequencies. Public slots alone count, so that
// nothing can be learnt from a score about what only members read.
func (x *Index) count(s *slot, entries []entry, by int32) {
	x.generation++
	if s.readers&publicReader == 0 {
		return
	}
	x.public += int(by)
	if s.chinese {
		x.chinese += int(by)
	}
	x.meant.add(s.meaning, int64(by))
	for _, e := range entries {
		x.known[e.id].df += by
	}
	if x.phrases == nil && len(s.phrases) > 0 {
		x.phrases = make([]int32, phraseBuckets)
	}
	for _, p := range s.phrases {
		x.phrases[p.bucket()] += by
	}
}

// isChinese tells whether a listing of these entries is written in Chinese. It heeds no
// rarities, which change: the same listing is always the same. The caller holds the lock.
func (x *Index) isChinese(entries []entry) bool {
	var s sums
	for _, e := range entries {
		if of := x.known[e.id].class; of == word || of == pair {
			s.add(of, float64(e.impact))
		}
	}
	return s.all > 0 && s.in(pair)
}

// number is the term's number, a new one if it has none.
func (x *Index) number(term string) uint32 {
	id, ok := x.dict[term]
	if !ok {
		id = x.append(strings.Clone(term)) // it may be cut from a whole text
	}
	return id
}

// append gives a term that has no number the next one.
func (x *Index) append(term string) uint32 {
	id := uint32(len(x.terms))
	x.dict[term] = id
	x.terms = append(x.terms, term)
	x.known = append(x.known, known{imagined: x.model.imagined(term), class: classOf(term)})
	return id
}

// intern lets a slot share with others the names that they share.
func (x *Index) intern(s *slot) {
	s.ref.Kind = Kind(x.name([]byte(s.ref.Kind)))
	s.org = x.name([]byte(s.org))
	for _, f := range []*facts{&s.facts, s.inside} {
		if f != nil {
			f.field = x.name([]byte(f.field))
			f.industry = x.name([]byte(f.industry))
			f.region = x.name([]byte(f.region))
		}
	}
}

// name gives the one copy of a name that many share.
func (x *Index) name(s []byte) string {
	known, ok := x.names[string(s)]
	if !ok {
		known = string(s)
		x.names[known] = known
	}
	return known
}

// rarity is how much a shared term tells.
func (x *Index) rarity(term uint32) float64 {
	k := &x.known[term]
	return x.rarityOf(max(k.df, k.imagined), k.class)
}

// rarityOf is how much a shared term of a class tells that stands in so many
// listings: the inverse document frequency to the model's power.
func (x *Index) rarityOf(frequency int32, c class) float64 {
	return x.tells(c).of(frequency) * x.model.countsAs(c)
}

// countsAs is how much more or less than words terms of a class count.
func (m *TermModel) countsAs(c class) float64 {
	switch c {
	case singleChar:
		return m.SingleHan
	case synonymGroup:
		return m.Synonym
	}
	return 1
}

// listings are how many public slots a term of a class may stand in.
func (x *Index) listings(c class) int {
	if c.ofHan() {
		return x.chinese
	}
	return x.public
}

// tells says how much a term of a class tells by the number of listings that have it,
// as long as there are as many listings. Han stands in those alone that are written in
// Chinese: among many in English each of its terms would be rare, and what tells much
// no more than what tells little. Words and names stand in texts of either language.
func (x *Index) tells(c class) *memo {
	memos, listings := &x.memos.all, x.listings(c)
	if c.ofHan() {
		memos = &x.memos.chinese
	}
	m := memos.Load()
	if m == nil || m.listings != listings {
		m = &memo{
			listings: listings, background: x.model.Background, power: x.model.Rarity,
			known: make([]atomic.Uint64, max(listings, int(x.model.Background))+1),
		}
		memos.Store(m)
	}
	return m
}

// memo remembers how much tells what stands in so many of the listings, as
// long as there are as many: ranking asks for it a hundred thousand times.
type memo struct {
	listings          int
	background, power float64
	known             []atomic.Uint64 // bits of a float64, 0 for what was not asked yet
}

// of is how much something tells that stands in so many listings.
func (m *memo) of(frequency int32) float64 {
	if int(frequency) < len(m.known) {
		if bits := m.known[frequency].Load(); bits != 0 {
			return math.Float64frombits(bits)
		}
	}
	return m.reckon(frequency)
}

func (m *memo) reckon(frequency int32) float64 {
	df, all := float64(frequency), float64(m.listings)+m.background
	tells := math.Pow(max(math.Log(1+(all-df+0.5)/(df+0.5)), 0), m.power)
	if int(frequency) < len(m.known) {
		m.known[frequency].Store(math.Float64bits(tells))
	}
	return tells
}

// phraseFrequency is in how many listings a shared phrase stands.
func (x *Index) phraseFrequency(p phrase) int32 {
	if x.phrases == nil {
		return 0
	}
	return x.phrases[p.bucket()]
}

// vector is a listing's terms by number. What is asked about need not be in
// the index; terms that are nowhere in it have numbers behind the index's own.
type vector struct {
	entries []entry
	phrases []phrase
	point   point
	meaning Meaning
	// strangers are the terms that the index does not know.
	strangers []stranger
}

// stranger is a term that no listing of the index has.
type stranger struct {
	class class
	// imagined is how many imagined listings have it.
	imagined int32
}

func (x *Index) strangerOf(term string) stranger {
	return stranger{classOf(term), x.model.imagined(term)}
}

// vectorOf numbers the terms of something asked about. The caller holds the
// read lock.
func (x *Index) vectorOf(content weighed) *vector {
	v := &vector{entries: make([]entry, 0, len(content.terms)), phrases: content.phrases}
	for _, w := range content.terms {
		id, ok := x.dict[w.term]
		if !ok {
			id = uint32(len(x.terms) + len(v.strangers))
			v.strangers = append(v.strangers, x.strangerOf(w.term))
		}
		v.entries = append(v.entries, entry{id, w.impact, w.fields, w.mention})
	}
	slices.SortFunc(v.entries, func(a, b entry) int { return byID(a, b.id) })
	v.point = x.space.pointOf(v.entries)
	return v
}

// read puts what is compared of the slot into a vector, with its room.
func (s *slot) read(into *vector) {
	*into = vector{entries: s.vector.unpack(into.entries), phrases: s.phrases, point: s.point, meaning: s.meaning}
}

// term is what is known of a term of v.
func (x *Index) term(v *vector, id uint32) known {
	if int(id) < len(x.known) {
		return x.known[id]
	}
	s := v.strangers[int(id)-len(x.known)]
	return known{imagined: s.imagined, class: s.class}
}

// rarityIn is how much a term of v tells.
func (x *Index) rarityIn(v *vector, id uint32) float64 {
	k := x.term(v, id)
	return x.rarityOf(max(k.df, k.imagined), k.class)
}

// toldTerm is how much a term tells, and what it is.
type toldTerm struct {
	rarity float64
	class  class
	native bool // as in known
}

// appendTold appends what the terms of v tell, by their places.
func (x *Index) appendTold(out []toldTerm, v *vector) []toldTerm {
	out = slices.Grow(out, len(v.entries))
	var tells [classes]*memo
	for c := range class(classes) {
		tells[c] = x.tells(c)
	}
	for _, e := range v.entries {
		k := x.term(v, e.id)
		out = append(out, toldTerm{tells[k.class].of(max(k.df, k.imagined)) * x.model.countsAs(k.class), k.class, k.native})
	}
	return out
}

// classIn is the class of a term of v.
func (x *Index) classIn(v *vector, id uint32) class { return x.term(v, id).class }
