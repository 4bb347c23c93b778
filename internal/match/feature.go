package match

import (
	"math"
	"slices"
	"sync"
)

// Feature is one way in which a need and a result fit; its name is the key of
// its weight in the model and of its value in the ledger.
type Feature string

// The features of the texts lie between 0 and 1. Those of a need's length are
// multiplied by how brief or how long it is: few words are said in many ways,
// and a result that speaks of all of them is what was meant; a long text finds
// its own words again, and what counts is how much of a result is about them.
const (
	// LongCoverage is how much of the need's weight the result is about.
	LongCoverage Feature = "long_coverage"
	// LongPhrases is how much of the need's pairs of words stand in the result.
	LongPhrases Feature = "long_phrases"
	// LongNearness is how near the two lie in the space; absent where there is none.
	LongNearness Feature = "long_nearness"
	// BriefMention is how much of the need's weight the result mentions at all.
	BriefMention Feature = "brief_mention"
	// BriefFullness is the square of what BriefMention measures: what is nearly
	// complete tells more than two halves.
	BriefFullness Feature = "brief_fullness"
	BriefPhrases  Feature = "brief_phrases"
	BriefNearness Feature = "brief_nearness"
	// InKeywords is how much of the need's weight stands in the result's keywords.
	InKeywords Feature = "in_keywords"
	// Topic is how much of what the result's title and keywords say occurs in
	// the need.
	Topic Feature = "topic"
	// Familiarity is how much of the need's weight the space knows; absent where
	// there is none. It has no weight of its own: it says how far the weights
	// count that heed the space.
	Familiarity Feature = "familiarity"
	// NearMeaning is how near the two lie by an embedding service; absent where
	// it has not told of both.
	NearMeaning Feature = "meaning"
)

// The features of the facts. Unknown is 0 in all of them.
const (
	SameField      Feature = "same_field"   // 1 same technical field, -1 another
	SameIndustry   Feature = "industry"     // 1 same section of GB/T 4754, -1 another
	Readiness      Feature = "trl"          // 1 reaches the level wanted; -0.25 a level below, down to -1
	PriceFit       Feature = "price"        // 1 within the budget; below 0 by the share above it, down to -1
	SameRegion     Feature = "region"       // 1 same province
	RightsFit      Feature = "rights"       // 1 free, 0.5 partly licensed, -1 taken
	Protection     Feature = "ip"           // 1 granted, 0.5 pending
	RequirementFit Feature = "requirements" // met less unmet among the measured ones, must counting double
)

// sums are weights by language, and of all.
type sums struct {
	han, words, all float64
}

func (s *sums) add(c class, weight float64) {
	s.all += weight
	switch c {
	case word:
		s.words += weight
	case synonymGroup: // of both languages
		s.words += weight
		s.han += weight
	default:
		s.han += weight
	}
}

// groups are the weight of what is of both languages.
func (s sums) groups() float64 { return s.words + s.han - s.all }

// in tells whether a text of these weights is written in the language of a
// class, rather than with foreign words in it.
func (s sums) in(c class) bool {
	switch c {
	case word:
		return s.words >= bilingual*(s.words+s.han)
	case pair:
		return s.han >= bilingual*(s.words+s.han)
	}
	return true
}

// meets tells whether two texts are written in a language that both have. One of which
// nothing is known meets every other.
func (s sums) meets(other sums) bool {
	return s.in(word) && other.in(word) || s.in(pair) && other.in(pair)
}

// written is how much of a text is in which language, by its words and pairs.
func written(v *vector, told []toldTerm) sums {
	var s sums
	for i, e := range v.entries {
		if c := told[i].class; c == word || c == pair {
			s.add(c, float64(e.impact)*told[i].rarity)
		}
	}
	return s
}

// familiarity is the share of a need's weight that the space knows, in the
// languages that the need is written in. The caller holds the read lock.
func (x *Index) familiarity(v *vector, told []toldTerm) float64 {
	if x.space == nil {
		return 0
	}
	w := written(v, told)
	known, all := 0.0, 0.0
	for i, e := range v.entries {
		t := &told[i]
		if t.class != word && t.class != pair || !w.in(t.class) {
			continue
		}
		weight := float64(e.impact) * t.rarity
		all += weight
		if t.native {
			known += weight
		}
	}
	if all == 0 {
		return 0
	}
	return known / all
}

// bilingual is the least share of the smaller language in a text that is
// written in both. A text with less has foreign words in it.
const bilingual = 0.3

// shareOf is how much of a whole is there. A whole that is written in two
// languages says everything twice: what covers one of them covers it.
func (s sums) shareOf(whole sums) float64 {
	if whole.all <= 0 {
		return 0
	}
	share := s.all / whole.all
	if min(whole.han, whole.words) >= bilingual*whole.all {
		share = max(share, s.han/whole.han, s.words/whole.words)
	}
	return min(share, 1)
}

// wish is a need made ready for comparing it with many results.
type wish struct {
	entries []entry
	// weights by place in entries; zero for the terms beyond the model's bound.
	weights []float64
	// whole is the weight of what counts as the whole need, and written how much of
	// the need is in which language.
	whole, written sums
	facts          facts
	// phrases with the weight of each, and of all.
	phrases      []phrase
	tells        []float64
	phrasesWhole float64
	point        point
	// abroad is where it lies without the foreign words in it; nil where it has none. Most
	// needs are never asked.
	abroad      func() point
	meaning     Meaning
	brevity     float64
	familiarity float64
}

// wishRoom is where a wish is made: it holds until the next is made there. The
// zero value is room for one.
type wishRoom struct {
	vector         vector
	told           []toldTerm
	weights, tells []float64
	keys           []probeKey
}

// wishOf weighs a need's vector. The caller holds the read lock.
func (x *Index) wishOf(v *vector, f facts, room *wishRoom) wish {
	told := x.appendTold(room.told[:0], v)
	inLanguages := written(v, told)
	room.told, room.weights, room.tells = told, roomFor(room.weights, len(v.entries)), roomFor(room.tells, len(v.phrases))
	w := wish{
		entries: v.entries, weights: room.weights, facts: f,
		phrases: v.phrases, tells: room.tells, point: v.point, meaning: v.meaning,
		written: inLanguages, brevity: x.brevityOf(told), familiarity: x.familiarity(v, told),
	}
	if slices.ContainsFunc(told, func(t toldTerm) bool { return !inLanguages.in(t.class) }) {
		entries := v.entries
		w.abroad = sync.OnceValue(func() point { return x.abroad(entries, inLanguages) })
	}
	tells := x.tells(word)
	for i, p := range v.phrases {
		n := float64(p.count())
		w.tells[i] = tells.of(x.phraseFrequency(p)) * n / (n + phraseSaturation)
		w.phrasesWhole += w.tells[i]
	}
	w.phrasesWhole /= phrasesShare(inLanguages)
	keys := appendKeys(room.keys[:0], v, told)
	room.keys = keys
	whole := greatestKey(keys, x.model.WholeTerms) // some of those below, so first
	asked := greatestKey(keys, x.model.MaxTerms)
	clear(w.weights)
	for _, key := range keys {
		if key < asked {
			continue
		}
		p := probeOf(key, v)
		w.weights[p.at] = float64(p.weight)
		if key >= whole {
			w.whole.add(told[p.at].class, float64(p.weight))
		}
	}
	return w
}

// abroad is where a text of these entries, written so much in which language, lies for
// those in another: of the foreign words that it quotes, such as GPS or VOC, all that deal
// with these would lie near. The caller holds the read lock.
func (x *Index) abroad(entries []entry, in sums) point {
	own := make([]entry, 0, len(entries))
	for _, e := range entries {
		// A stranger, with a number behind the index's own, lies nowhere.
		if int(e.id) < len(x.known) && in.in(x.known[e.id].class) {
			own = append(own, e)
		}
	}
	return x.space.pointOf(own)
}

// keptWishes bounds the wishes that are kept (see recent.Kept): one takes some
// kilobytes. Results are compared one after the other with the same needs while
// the ledger is written.
const keptWishes = 4_000

// wishKey is a need's slot in an index that has changed so many times: until it
// changes again, the need is weighed the same.
type wishKey struct {
	slot       uint32
	generation int64
}

// wishAt is the wish of a need in the index, as such readers have it, kept or
// made in the room. The caller holds the read lock.
func (x *Index) wishAt(at uint32, who readers, keep bool, room *wishRoom) wish {
	s := &x.halves[needs].slots[at]
	key := wishKey{at, x.generation}
	var w wish
	if kept, ok := x.wishes.Get(key); ok {
		w = *kept
	} else {
		if keep {
			room = new(wishRoom)
		}
		s.read(&room.vector)
		w = x.wishOf(&room.vector, s.facts, room)
		if keep {
			room.told, room.keys = nil, nil
			lasting := w
			x.wishes.Put(key, &lasting)
		}
	}
	w.facts = *s.factsFor(who)
	return w
}

// How soon a phrase that is repeated in a need, or in a result of a usual
// length, stops to count more.
const (
	phraseSaturation = 2
	usualPhrases     = 100
)

// phrasesShare is what the phrases of a need count for, written so much in words and so
// much in Han: all where it is written in words, and little where these are a few
// foreign ones in a Chinese text, of which one phrase would be the whole.
func phrasesShare(s sums) float64 {
	if s.all == 0 {
		return 1
	}
	return min(max(s.words/(bilingual*s.all), leastShare), 1)
}

// leastShare keeps a division from zero.
const leastShare = 1e-3

// brevityOf is 1 for a need of few words and falls towards 0 with their number.
func (x *Index) brevityOf(told []toldTerm) float64 {
	pairs, words := 0.0, 0.0
	for i := range told {
		switch told[i].class {
		case pair:
			pairs++
		case word:
			words++
		}
	}
	length := max(pairs/x.model.Brief.Pairs, words/x.model.Brief.Words)
	return 1 / (1 + math.Pow(length, 4))
}

// phrasesIn is the share of a need's phrases that stand in a result.
func (w *wish) phrasesIn(result []phrase) float64 {
	if w.phrasesWhole == 0 {
		return 0
	}
	length := float64(len(result))/usualPhrases + 0.5
	sum, i := 0.0, 0
	for _, p := range result {
		for i < len(w.phrases) && w.phrases[i].key() < p.key() {
			i++
		}
		if i < len(w.phrases) && w.phrases[i].key() == p.key() {
			n := float64(p.count())
			sum += w.tells[i] * n / (n + length)
		}
	}
	return sum / w.phrasesWhole
}

// compare gives the features of a need with a result, RequirementFit apart;
// usual is how near any two meanings lie. The caller holds the read lock.
func (x *Index) compare(w *wish, result *vector, f *facts, usual float64) values {
	var covered, mentioned, inKeywords, topic, headlines, title sums
	const headline = 1<<Title | 1<<Keywords
	i := 0
	for _, e := range result.entries {
		for i < len(w.entries) && w.entries[i].id < e.id {
			i++
		}
		// A stranger is in the index nowhere, so in no need of it either.
		shared := i < len(w.entries) && w.entries[i].id == e.id && int(e.id) < len(x.terms)
		headlined := e.fields&headline != 0
		if !shared && !headlined {
			continue
		}
		kind := x.classIn(result, e.id)
		if headlined {
			tells := x.rarityIn(result, e.id)
			headlines.add(kind, tells)
			if kind == word || kind == pair {
				title.add(kind, tells)
			}
			if shared {
				topic.add(kind, tells)
			}
		}
		if !shared {
			continue
		}
		weight := w.weights[i]
		covered.add(kind, weight*float64(e.impact)/impactScale)
		mentioned.add(kind, weight*float64(e.mention)/mentionScale)
		if e.fields&bit(Keywords) != 0 {
			inKeywords.add(kind, weight)
		}
	}
	brief, point := w.brevity, w.point
	if !w.written.meets(title) {
		brief = 1 // in another language it says few of the need's words, however long that is
		mentioned.all += (x.model.SynonymAbroad - 1) * mentioned.groups()
		if w.abroad != nil {
			point = w.abroad()
		}
	}
	long := 1 - brief
	mention := mentioned.shareOf(w.whole)
	var out values
	out.set(atLongCoverage, long*covered.shareOf(w.whole))
	out.set(atBriefMention, brief*mention)
	out.set(atBriefFullness, brief*mention*mention)
	out.set(atInKeywords, inKeywords.shareOf(w.whole))
	out.set(atTopic, topic.shareOf(headlines))
	if share := w.phrasesIn(result.phrases); share > 0 {
		out.set(atLongPhrases, long*share)
		out.set(atBriefPhrases, brief*share)
	}
	if x.space != nil {
		near := point.nearness(result.point)
		out.set(atLongNearness, long*near)
		out.set(atBriefNearness, brief*near)
		out.set(atFamiliarity, w.familiarity)
	}
	if len(w.meaning) > 0 && len(w.meaning) == len(result.meaning) {
		out.set(atNearMeaning, w.meaning.nearness(result.meaning, usual))
	}
	w.facts.against(f, &out)
	return out
}

// TextFeatures are the features whose weights can be learnt from judged texts.
func TextFeatures() []Feature { return slices.Clone(textFeatures) }
