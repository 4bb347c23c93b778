package evaluate

import (
	"context"
	"strings"

	"chengqiao/internal/match"
	"chengqiao/internal/search/analysis"
)

// CommonOptions name texts of many subjects.
type CommonOptions struct {
	// Sets have Docs and Fields alone.
	Sets     []Options
	Analyzer *analysis.Analyzer
}

// tellingTerms is how many different terms a text has at least that says
// something of its language.
const tellingTerms = 10

// Common learns which terms texts of every subject use. A text counts for the
// language that it has more terms of, and a language's sets count the same each.
// Errors: *InputError, and ctx's.
func Common(ctx context.Context, o CommonOptions) (analysis.Common, error) {
	analyse := match.AnalyserOf(o.Analyzer)
	var sums [2]map[string]float64 // of words, of Han
	var sets [2]int
	for _, s := range o.Sets {
		docs, err := loadDocs(s)
		if err != nil {
			return nil, err
		}
		var counts [2]map[string]int
		var texts [2]int
		for at := range counts {
			counts[at] = map[string]int{}
		}
		for _, d := range docs {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			terms := termsOf(analyse, d)
			of := 0
			if len(terms[1]) > len(terms[0]) {
				of = 1
			}
			if len(terms[of]) < tellingTerms {
				continue
			}
			texts[of]++
			for term := range terms[of] {
				counts[of][term]++
			}
		}
		for of := range counts {
			if texts[of] == 0 {
				continue
			}
			sets[of]++
			if sums[of] == nil {
				sums[of] = map[string]float64{}
			}
			for term, n := range counts[of] {
				sums[of][term] += float64(n) / float64(texts[of])
			}
		}
	}
	shares := map[string]float64{}
	for of, sum := range sums {
		for term, share := range sum {
			shares[term] = share / float64(sets[of])
		}
	}
	return analysis.CommonOf(shares), nil
}

// termsOf are a document's different terms: words, and what is written in Han.
func termsOf(analyse match.Analyser, d Doc) (terms [2]map[string]bool) {
	terms = [2]map[string]bool{{}, {}}
	var tokens []match.Token
	for _, texts := range d.Fields {
		for _, text := range texts {
			tokens = analyse(tokens[:0], text)
			for _, t := range tokens {
				switch {
				case t.Synonym: // it stands for others
				case t.Han:
					terms[1][strings.Clone(t.Term)] = true
				default:
					terms[0][strings.Clone(t.Term)] = true
				}
			}
		}
	}
	return terms
}
