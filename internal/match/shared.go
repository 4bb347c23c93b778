package match

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sharedLimit is how many shared expressions a reason names.
const sharedLimit = 6

// run is an expression that two texts share: neighbouring tokens of the first.
type run struct {
	surface string
	terms   []string
	tells   float64
}

// shared finds the longest expressions that stand in both texts as people
// wrote them, those that tell most first. rarity is how much a term tells; an
// expression without any term above least says nothing and is left out.
func shared(analyse Analyser, own, other []string, rarity func(term string) float64, least float64) []string {
	index := map[string][]placed{}
	for doc, text := range other {
		for i, t := range wordsOf(analyse, text) {
			index[t.Term] = append(index[t.Term], placed{doc, i, t})
		}
	}
	best := map[string]run{} // by folded surface
	for _, text := range own {
		for _, r := range runsOf(wordsOf(analyse, text), text, index) {
			r.surface = trimmed(r.surface)
			if !worthNaming(r.surface) {
				continue
			}
			rarest := 0.0
			for _, term := range r.terms {
				tells := rarity(term)
				r.tells += tells
				rarest = max(rarest, tells)
			}
			if rarest < least {
				continue
			}
			key := strings.ToLower(r.surface)
			if known, ok := best[key]; !ok || r.tells > known.tells {
				best[key] = r
			}
		}
	}
	return named(best)
}

// named picks the expressions that are told: those that tell most, each word
// of them once.
func named(found map[string]run) []string {
	runs := slices.Collect(maps.Values(found))
	slices.SortFunc(runs, func(a, b run) int {
		return cmp.Or(-cmp.Compare(a.tells, b.tells), strings.Compare(a.surface, b.surface))
	})
	var out []string
	said := map[string]bool{}
	for _, r := range runs {
		repeats := !slices.ContainsFunc(r.terms, func(term string) bool { return !said[term] })
		inside := slices.ContainsFunc(out, func(s string) bool {
			return strings.Contains(strings.ToLower(s), strings.ToLower(r.surface))
		})
		if repeats || inside {
			continue
		}
		out = append(out, r.surface)
		if len(out) == sharedLimit {
			break
		}
		for _, term := range r.terms {
			said[term] = true
		}
	}
	return out
}

// placed is a token of one of several texts with its number in it.
type placed struct {
	doc, at int
	token   Token
}

// wordsOf are the tokens that make up the text: words and pairs of Han.
func wordsOf(analyse Analyser, text string) []Token {
	return slices.DeleteFunc(analyse(text), func(t Token) bool { return t.Synonym || t.single() })
}

// runsOf are the longest stretches of tokens that also stand in the indexed
// texts: each that cannot be lengthened at its end. They may overlap.
func runsOf(tokens []Token, text string, index map[string][]placed) []run {
	type key struct{ doc, at int }
	// length[k] is how many tokens end at k in the other text and at the
	// present place in this one, neighbours in both.
	type reach struct {
		length int
		token  Token
	}
	previous := map[key]reach{}
	ends := make([]int, len(tokens)) // longest run that ends at a token
	for i, t := range tokens {
		current := map[key]reach{}
		for _, p := range index[t.Term] {
			n := 1
			before, ok := previous[key{p.doc, p.at - 1}]
			if ok && neighbours(tokens[i-1], t, text) && touching(before.token, p.token) {
				n = before.length + 1
			}
			current[key{p.doc, p.at}] = reach{n, p.token}
			ends[i] = max(ends[i], n)
		}
		previous = current
	}
	var out []run
	for i, n := range ends {
		if n == 0 || i+1 < len(ends) && ends[i+1] == n+1 {
			continue
		}
		first := i - n + 1
		r := run{surface: text[tokens[first].Start:tokens[i].End]}
		for _, t := range tokens[first : i+1] {
			r.terms = append(r.terms, t.Term)
		}
		out = append(out, r)
	}
	return out
}

// neighbours tells whether b follows a in the text with nothing but a space
// or hyphen between them.
func neighbours(a, b Token, text string) bool {
	if !touching(a, b) {
		return false
	}
	return a.End >= b.Start || strings.Trim(text[a.End:b.Start], joiners) == ""
}

// touching tells whether two tokens can be neighbours by their places alone.
func touching(a, b Token) bool {
	if a.Han != b.Han {
		return b.Start >= a.End && b.Start-a.End <= 1
	}
	if a.Han {
		return b.Start > a.Start && b.Start < a.End
	}
	return b.Start >= a.End && b.Start-a.End <= 2
}

// Characters that join expressions: at the beginning or end of a shared
// stretch they belong to none. Of those that begin or end words as well (对流,
// 饱和), the ones are taken that do so seldom.
const (
	leadingHan  = "的了和与及或并且而是将把被在对"
	trailingHan = "的了或且而在中和与及"
)

// edgeWords do the same in English.
var edgeWords = map[string]bool{
	"a": true, "across": true, "all": true, "also": true, "an": true, "and": true, "any": true, "are": true, "as": true, "at": true, "be": true, "been": true, "by": true,
	"between": true, "both": true, "can": true, "during": true, "each": true, "for": true, "from": true, "has": true, "have": true, "in": true, "into": true, "is": true,
	"it": true, "its": true, "may": true, "more": true, "not": true, "of": true, "on": true, "or": true,
	"such": true, "than": true, "that": true, "the": true, "their": true, "these": true, "this": true,
	"through": true, "to": true, "under": true, "used": true, "using": true, "via": true, "was": true, "when": true,
	"where": true, "while": true, "within": true, "we": true, "which": true, "will": true, "with": true, "would": true,
}

func trimmed(s string) string {
	for {
		before := s
		s = strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) })
		s = strings.TrimRight(strings.TrimLeft(s, leadingHan), trailingHan)
		if first, rest, ok := strings.Cut(s, " "); ok && edgeWords[strings.ToLower(first)] {
			s = rest
		}
		if i := strings.LastIndexByte(s, ' '); i >= 0 && edgeWords[strings.ToLower(s[i+1:])] {
			s = s[:i]
		}
		if s == before {
			return s
		}
	}
}

// worthNaming leaves out what says nothing by itself: one character, a bare
// number, words that only join or measure (per mu, CNY, 每亩, 两年, 降至).
func worthNaming(s string) bool {
	if utf8.RuneCountInString(s) < 2 || strings.IndexFunc(s, unicode.IsLetter) < 0 {
		return false
	}
	measures := func(r rune) bool { return strings.ContainsRune(measuring, r) }
	if strings.TrimFunc(s, measures) == "" {
		return false
	}
	return slices.ContainsFunc(strings.Fields(strings.ToLower(s)), func(word string) bool {
		return !edgeWords[word] && !measureWords[word]
	})
}

// measuring are the characters of which amounts, times and changes are written.
const measuring = "一二两三四五六七八九十百千万亿半零每各年季月周日天时分秒亩元吨斤克米升吋寸次个项台套件批处约近达至到升降增减超过以上下内外前后间"

// measureWords are those that stand beside figures.
var measureWords = func() map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.Fields(`per mu cny rmb usd eur yuan year years month months day days hour hours minute minutes
		percent kg km cm mm ml least most about over up down less every`) {
		words[w] = true
	}
	return words
}()
