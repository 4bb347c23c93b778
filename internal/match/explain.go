package match

import (
	"math"
	"sync"
	"unicode/utf8"
)

// ReasonCode says why a pair is a match; clients translate it.
type ReasonCode string

// The reasons, with their params.
const (
	SharedTerms ReasonCode = "shared_terms" // terms: expressions that both use
	SameFieldAs ReasonCode = "same_field"   // field: code of the technical field
	TRLMeets    ReasonCode = "trl_meets"    // trl, wanted
	TRLBelow    ReasonCode = "trl_below"    // trl, wanted
	RegionSame  ReasonCode = "region_same"  // region: code of the province
	WithinPrice ReasonCode = "within_budget"
	AbovePrice  ReasonCode = "above_budget" // over_percent
	// NoSharedTerms: no expression that both use could be named, so that the rest is
	// all there is to say.
	NoSharedTerms ReasonCode = "no_shared_terms"
	// AlikeInMeaning is what the embedding service holds, and nobody has said.
	AlikeInMeaning ReasonCode = "alike_in_meaning"

	// Of what the reader's organisation said itself: title of the listing, and
	// for SameGrudge the reason given.
	LikeRelevant   ReasonCode = "like_relevant"
	LikeIrrelevant ReasonCode = "like_irrelevant"
	SameGrudge     ReasonCode = "same_grudge"
)

// Reason is one reason with what its message needs.
type Reason struct {
	Code   ReasonCode
	Params map[string]any
}

// Explanation is why a need and a result were matched, from what one reader
// has of both.
type Explanation struct {
	Reasons  []Reason
	Verdicts []Verdict
}

// Explainer tells of one view why others fit it. It looks at nothing but the
// views, so it cannot say more than their reader may know. It is not safe for
// concurrent use.
type Explainer struct {
	index *Index
	one   *View
	words *wording
	terms vocabulary
	// standing is where the terms of words stand; nil until it is asked for.
	standing *concordance
	naming   naming
}

// Explainer makes one for a view of a listing of a kind, whose texts it cuts once.
func (x *Index) Explainer(one *View, of Kind) *Explainer {
	e := &Explainer{index: x, one: one}
	e.words, e.terms = wordingOf(passagesOf(one, x.cutting(one, sideOf(of))))
	e.naming = x.naming(e.terms)
	return e
}

// fork is another that tells the same, for another goroutine.
func (e *Explainer) fork() *Explainer {
	return &Explainer{index: e.index, one: e.one, words: e.words, terms: e.terms, naming: e.naming}
}

// reading is what a view in hand says and where its terms stand.
type reading struct {
	words wording
	terms concordance
}

// readings are rooms that are needed only as long as one view is explained.
var readings = sync.Pool{New: func() any { return new(reading) }}

// WithResult tells why a result fits the view, a need, beside the verdicts on
// the need's requirements.
func (e *Explainer) WithResult(result *View, verdicts []Verdict) Explanation {
	other := readings.Get().(*reading)
	defer readings.Put(other)
	other.words.cutIn(e.terms, passagesOf(result, e.index.cutting(result, results)))
	other.terms.tell(&other.words, len(e.terms))
	return explain(e.one, result, e.shared(e.words, &other.terms), verdicts)
}

// WithNeed tells why the view, a result, fits a need, beside the verdicts on
// the need's requirements.
func (e *Explainer) WithNeed(need *View, verdicts []Verdict) Explanation {
	if e.standing == nil {
		e.standing = &concordance{}
		e.standing.tell(e.words, len(e.terms))
	}
	other := readings.Get().(*reading)
	defer readings.Put(other)
	other.words.cutIn(e.terms, passagesOf(need, e.index.cutting(need, needs)))
	return explain(need, e.one, e.shared(&other.words, e.standing), verdicts)
}

func (e *Explainer) shared(own *wording, other *concordance) []string {
	return shared(own, other, e.naming)
}

// explain tells why a need and a result fit that share some expressions.
func explain(need, result *View, terms []string, verdicts []Verdict) Explanation {
	var reasons []Reason
	add := func(code ReasonCode, params map[string]any) {
		reasons = append(reasons, Reason{code, params})
	}
	if len(terms) > 0 {
		add(SharedTerms, map[string]any{"terms": terms})
	}
	n, r := factsOf(need), factsOf(result)
	if agree(n.field, r.field) > 0 {
		add(SameFieldAs, map[string]any{"field": n.field})
	}
	if n.trl > 0 && r.trl > 0 {
		code := TRLMeets
		if r.trl < n.trl {
			code = TRLBelow
		}
		add(code, map[string]any{"trl": int(r.trl), "wanted": int(n.trl)})
	}
	if agree(n.region, r.region) > 0 {
		add(RegionSame, map[string]any{"region": provinceCode(n.region)})
	}
	if n.price > 0 && r.price > 0 {
		if r.price <= n.price {
			add(WithinPrice, nil)
		} else {
			// In whole per cent, rounded up: a price above the budget is never 0 % above it.
			over := math.Ceil(100 * float64(r.price-n.price) / float64(n.price))
			add(AbovePrice, map[string]any{"over_percent": int64(over)})
		}
	}
	if len(terms) == 0 {
		add(NoSharedTerms, nil)
	}
	return Explanation{Reasons: reasons, Verdicts: verdicts}
}

const (
	// common is the share of listings from which on a term is too common to be a
	// reason by itself.
	common = 0.05
	// usual is the share from which on a lone word is named where little else is.
	usual = 0.01
)

// naming is what may be named of a vocabulary, by its terms' numbers there.
func (x *Index) naming(terms vocabulary) naming {
	x.mu.RLock()
	defer x.mu.RUnlock()
	tells := make([]float64, len(terms))
	for term, n := range terms {
		tells[n] = x.tellsReader(term)
	}
	all := float64(x.public) + x.model.Background
	saidBy := func(share float64) float64 { return x.rarityOf(int32(share*all), word) }
	return naming{
		tells: func(term int32) float64 { return tells[term] },
		stranger: func(term string) float64 {
			x.mu.RLock()
			defer x.mu.RUnlock()
			return x.tellsReader(term)
		},
		bond: func(pair string) (float64, int32) {
			x.mu.RLock()
			defer x.mu.RUnlock()
			return x.bond(pair)
		},
		least: saidBy(common), seldom: saidBy(usual),
	}
}

// tellsReader is how much a term tells who reads it. What many texts of a language
// say is no reason, however few of the listings are in that language. The caller
// holds the read lock.
func (x *Index) tellsReader(term string) float64 {
	all := float64(x.listings(classOf(term))) + x.model.Background
	said := int32(x.model.Common.Share(term) * all)
	if id, ok := x.dict[term]; ok {
		said = max(said, x.known[id].df)
	}
	return x.rarityOf(said, classOf(term))
}

// everyChineseText is the character that hardly any Chinese text does without: in how
// many it stands is how many of the listings are Chinese.
const everyChineseText = "的"

// bond is how much oftener than by chance the two Han characters of a pair stand side by
// side in a Chinese listing, and in how many they do. The listings that are imagined
// count: a small market knows 材料 and 检测 from what all texts say. The caller holds the
// read lock.
func (x *Index) bond(pair string) (bond float64, seen int32) {
	df := func(term string) float64 {
		if id, ok := x.dict[term]; ok {
			return float64(x.known[id].df + x.known[id].imagined)
		}
		return float64(x.model.imagined(term))
	}
	_, size := utf8.DecodeRuneInString(pair)
	side := df(pair)
	if side == 0 {
		return 0, 0
	}
	first, second := max(1, df(pair[:size])), max(1, df(pair[size:]))
	return side * max(df(everyChineseText), first, second) / (first * second), int32(side)
}

// provinceCode is a province as GB/T 2260 writes it.
func provinceCode(province string) string {
	if len(province) == 2 && province[0] >= '0' && province[0] <= '9' {
		return province + "0000"
	}
	return province
}
