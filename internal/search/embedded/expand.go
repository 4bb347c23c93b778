package embedded

import (
	"slices"
	"sort"
	"unicode/utf8"

	"chengqiao/internal/search/analysis"
)

// maxExpansions bounds the terms that one unit of a close match stands for.
const maxExpansions = 64

// beginning are the terms of a field that begin with a prefix, in order, at
// most maxExpansions and the prefix itself.
func beginning(segments []*segment, field int, prefix string) []string {
	return gather(segments, prefix, func(s *segment, visit func(string) bool) {
		s.fields[field].beginning(prefix, visit)
	})
}

// near are the terms of a field within some edits of a term, in order, at most
// maxExpansions and the term itself.
//
// An edit of the first letter counts twice (analysis.Within), so what has
// another first letter differs in nothing else, and is looked up by the three
// forms it can have; all others share the first letter.
func near(segments []*segment, field int, term string, edits int) []string {
	first, size := utf8.DecodeRuneInString(term)
	return gather(segments, term, func(s *segment, visit func(string) bool) {
		p := &s.fields[field]
		p.beginning(string(first), func(t string) bool {
			return !analysis.Within(term, t, edits) || visit(t)
		})
		if edits < 2 {
			return
		}
		tail := term[size:]
		second, width := utf8.DecodeRuneInString(tail)
		for _, t := range []string{tail, string(second) + string(first) + tail[width:]} {
			if tail != "" && p.has(t) && !visit(t) {
				return
			}
		}
		for _, letter := range p.letters() {
			for _, t := range []string{letter + term[size:], letter + term} {
				if letter != string(first) && p.has(t) && !visit(t) {
					return
				}
			}
		}
	})
}

// gather merges what the segments find, without the term itself.
func gather(segments []*segment, term string, find func(s *segment, visit func(string) bool)) []string {
	var out []string
	for _, s := range segments {
		n := 0
		find(s, func(t string) bool {
			if t != term {
				out = append(out, t)
				n++
			}
			return n < maxExpansions
		})
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), maxExpansions)]
}

func (p *postings) has(t string) bool {
	i := p.from(t)
	return i < p.len() && string(p.term(i)) == t
}

// letters are the first characters of the terms of alphabets, which are few;
// Han is left out, as it is never misspelled by a letter.
func (p *postings) letters() []string {
	const han = "\u2e80"
	end := p.from(han)
	var out []string
	for i := 0; i < end; {
		r, _ := utf8.DecodeRune(p.term(i))
		out = append(out, string(r))
		i += sort.Search(end-i, func(k int) bool {
			next, _ := utf8.DecodeRune(p.term(i + k))
			return next > r
		})
	}
	return out
}
