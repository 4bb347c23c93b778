package embedded_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/embedded"
)

// typings are beginnings of all sorts, one letter after the other as they come
// from a keyboard.
var typings = func() []string {
	var out []string
	for _, whole := range []string{
		"machine learning", "lithium battery", "graphene", "optimization", "sensor network", "laser",
		"电池", "锂电池回收", "深度学习", "玉米抗旱", "新疆大学", "dianchi", "shenduxuexi", "xjdx", "rgzn",
	} {
		letters := []rune(whole)
		for n := 1; n <= len(letters); n++ {
			out = append(out, string(letters[:n]))
		}
	}
	return out
}()

// suggestible are 100,000 listings: the real ones, again under other ids where
// they do not suffice, with pairs of title words as keywords where they have none.
func suggestible(b *testing.B) []search.Document {
	b.Helper()
	const wanted = 100_000
	documents := benchmarkDocs(b)
	for i := range documents {
		if t := &documents[i].Texts[0]; len(t.Keywords) == 0 {
			words := strings.Fields(t.Title)
			for k := 0; k+1 < len(words) && k < 8; k += 2 {
				t.Keywords = append(t.Keywords, words[k]+" "+words[k+1])
			}
		}
	}
	for i, n := 0, len(documents); len(documents) < wanted; i++ {
		again := documents[i%n]
		again.ID = fmt.Sprintf("%s-%d", again.ID, i)
		documents = append(documents, again)
	}
	return documents[:wanted]
}

// BenchmarkSuggest measures completions for a visitor and for a member with
// listings of its own, and how long the slowest of a hundred takes.
func BenchmarkSuggest(b *testing.B) {
	engine, err := embedded.Open(b.Context(), b.TempDir(), benchmarkAnalyzer(b))
	if err != nil {
		b.Fatal(err)
	}
	defer engine.Close()
	documents := suggestible(b)
	fill(b, engine, documents)
	for name, reader := range map[string]search.Reader{
		"visitor": {},
		"member":  {Tiers: []policy.Tier{policy.TierPublic, policy.TierMembers}, Organisation: documents[0].Owner},
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				began := time.Now()
				_, err := engine.Suggest(b.Context(), search.Typing{
					Reader: reader, Text: typings[i%len(typings)], Listings: 3, Keywords: 4, Organisations: 3,
				})
				if err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}
