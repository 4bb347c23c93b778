// Package analysis owns how text becomes something that can be found: folding
// (NFKC, case, full width, traditional to simplified), words by script,
// stemming, pinyin, synonyms, the plan that a query's text turns into, and which
// terms tell little.
//
// Both engines index the terms made here and match the plan made here, so
// that they find the same documents and differ in ranking alone. It knows
// nothing of documents, tiers or engines.
//
// Han is not segmented by a dictionary: on real Chinese research abstracts
// bigrams rank better than words, need no upkeep, and never miss a new term.
package analysis

import "strings"

// revision changes whenever the same text yields other terms than before, so
// that an index made by an older program is recognised and rebuilt.
const revision = "8"

// Analyzer turns texts into terms and queries into plans. It is safe for
// concurrent use.
type Analyzer struct {
	synonyms *Synonyms
	common   Common
	seeker   *Seeker // nil: all of a text is looked for
	// nameless: what is asked knows no names of several words.
	nameless bool
}

// New makes an analyzer; nil synonyms are none.
func New(synonyms *Synonyms) *Analyzer {
	if synonyms == nil {
		synonyms = &Synonyms{names: NewNameBook(0, nil)}
	}
	return &Analyzer{synonyms: synonyms}
}

// Knowing is the same analyzer with common terms.
func (a *Analyzer) Knowing(common Common) *Analyzer {
	b := *a
	b.common = common
	return &b
}

// Seeking is the same analyzer that looks only for what is sought of a text which
// describes something.
func (a *Analyzer) Seeking(m AskingModel) *Analyzer {
	b := *a
	b.seeker = NewSeeker(New(nil).AppendTokens, m, a.common)
	return &b
}

// With is the same analyzer with other synonyms.
func (a *Analyzer) With(synonyms *Synonyms) *Analyzer {
	b := New(synonyms)
	b.common, b.seeker = a.common, a.seeker
	return b
}

// Synonyms are those that the analyzer knows.
func (a *Analyzer) Synonyms() *Synonyms { return a.synonyms }

// Asking is the same analyzer for an index of a version: one that an older program made
// has no names of several words, and answers until the next is made.
func (a *Analyzer) Asking(version string) *Analyzer {
	b := *a
	b.nameless = !strings.HasPrefix(version, revision+"-")
	return &b
}

// Version names the terms that this analyzer makes: an index remembers it, and
// one with another version is to be rebuilt.
func (a *Analyzer) Version() string { return revision + "-" + a.synonyms.digest() }
