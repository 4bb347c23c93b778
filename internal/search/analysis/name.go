package analysis

import "strings"

// NameMark begins the term of a name of several words; no other term begins with it.
const NameMark = "¤"

// A name of several words, lithium battery, is asked for by words like any others:
// what has each of them somewhere answers it (a lithium-air rechargeable battery),
// as it would in the other order. What has another expression of its group answers
// it too, and comes first. Either is indexed under the name's own term, so that engines
// look for one term and count what has it: the former once, behind all that it says.
//
// That is for names in letters alone: Han stands without spaces, and whoever writes
// 锂电池 means it in a row.

// names are those of several words of a list of synonyms.
type names struct {
	// byWord are names by the longest of their words, which few texts have.
	byWord map[string][]spacedName
	// ofGroup are the terms of a group's names by its own.
	ofGroup map[string][]string
}

type spacedName struct {
	term  string
	words []string
}

// add takes an expression of a group, unless it is of one word or of Han.
func (n *names) add(expression []atom, words []string, group string) {
	if !severalWords(expression, words) {
		return
	}
	if n.byWord == nil {
		n.byWord, n.ofGroup = map[string][]spacedName{}, map[string][]string{}
	}
	longest := words[0]
	for _, w := range words[1:] {
		if len(w) > len(longest) {
			longest = w
		}
	}
	name := spacedName{nameTerm(words), words}
	n.byWord[longest] = append(n.byWord[longest], name)
	n.ofGroup[group] = append(n.ofGroup[group], name.term)
}

// severalWords tells whether an expression is a name of several words.
func severalWords(expression []atom, words []string) bool {
	for _, a := range expression {
		if a.han {
			return false
		}
	}
	return len(words) > 1
}

func nameTerm(words []string) string { return NameMark + shortHash(strings.Join(words, " ")) }

// Names finds the names of several words of which a document has each. It is for one
// goroutine.
type Names struct {
	of    *names
	terms []string
	has   map[string]bool
}

// Names begins with a document of which nothing was read yet.
func (a *Analyzer) Names() *Names { return &Names{of: &a.synonyms.spaced, has: map[string]bool{}} }

// With gives the terms of those names that a document has with further terms, and had
// not without.
func (n *Names) With(terms []string) (found []string) {
	for _, t := range terms {
		if !n.has[t] {
			n.has[t] = true
			n.terms = append(n.terms, t)
		}
	}
	for _, t := range n.terms {
		for _, name := range n.of.byWord[t] {
			if !n.has[name.term] && n.hasAll(name.words) {
				n.has[name.term] = true
				found = append(found, name.term)
			}
		}
	}
	return found
}

func (n *Names) hasAll(words []string) bool {
	for _, w := range words {
		if !n.has[w] {
			return false
		}
	}
	return true
}
