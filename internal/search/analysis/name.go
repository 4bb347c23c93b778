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
	// ofGroup are the terms of a group's names by its own.
	ofGroup map[string][]string
	// words are their words, and known their terms, by number.
	words, known map[string]int32
	// terms are theirs, by their numbers.
	terms []string
	// longest are names by the longest of their words, which few texts have.
	longest [][]spacedName
}

type spacedName struct {
	number int32
	words  []int32
}

// add takes an expression of a group, unless it is of one word or of Han.
func (n *names) add(expression []atom, words []string, group string) {
	if !severalWords(expression, words) {
		return
	}
	if n.known == nil {
		n.ofGroup, n.words, n.known = map[string][]string{}, map[string]int32{}, map[string]int32{}
	}
	term := nameTerm(words)
	n.ofGroup[group] = append(n.ofGroup[group], term)
	if _, known := n.known[term]; known { // of another group too
		return
	}
	name, longest := spacedName{number: int32(len(n.terms))}, words[0]
	for _, w := range words {
		if _, known := n.words[w]; !known {
			n.words[w] = int32(len(n.longest))
			n.longest = append(n.longest, nil)
		}
		name.words = append(name.words, n.words[w])
		if len(w) > len(longest) {
			longest = w
		}
	}
	n.known[term] = name.number
	n.terms = append(n.terms, term)
	at := n.words[longest]
	n.longest[at] = append(n.longest[at], name)
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
	of *names
	// has and had are the words and the names that were met, by number, and met the
	// numbers of the words.
	has, had []bool
	met      []int32
}

// Names begins with a document of which nothing was read yet.
func (a *Analyzer) Names() *Names {
	of := &a.synonyms.spaced
	return &Names{of: of, has: make([]bool, len(of.longest)), had: make([]bool, len(of.terms))}
}

// With gives the terms of those names that a document has with further terms, and had
// not without.
func (n *Names) With(terms []string) (found []string) {
	for _, t := range terms {
		if strings.HasPrefix(t, NameMark) {
			if name, of := n.of.known[t]; of {
				n.had[name] = true
			}
		} else if word, of := n.of.words[t]; of && !n.has[word] {
			n.has[word] = true
			n.met = append(n.met, word)
		}
	}
	for _, word := range n.met {
		for _, name := range n.of.longest[word] {
			if !n.had[name.number] && n.hasAll(name.words) {
				n.had[name.number] = true
				found = append(found, n.of.terms[name.number])
			}
		}
	}
	return found
}

func (n *Names) hasAll(words []int32) bool {
	for _, w := range words {
		if !n.has[w] {
			return false
		}
	}
	return true
}
