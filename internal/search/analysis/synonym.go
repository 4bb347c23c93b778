package analysis

import (
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

// SynonymMark begins the term of a group of synonyms; no other term begins with it.
const SynonymMark = "§"

// Synonyms are groups of expressions that mean the same, across languages too.
// A document that holds one of a group is indexed under the group's term, and
// a query's expression is replaced by it, so that both engines treat synonyms
// alike and neither needs to know them.
type Synonyms struct {
	root   synonymNode
	groups [][]string
	// termsOf are the terms of a group's expressions, by its own term.
	termsOf map[string][][]string
	// longestExpression is the length of the longest one, in atoms.
	longestExpression int
	// expressions are all of them by key, for suggestions, and names finds them.
	expressions []SynonymName
	names       *NameBook
}

// synonymNode is a place in the tree of expressions, keyed by atoms.
type synonymNode struct {
	next map[string]*synonymNode
	// terms are the groups of which an expression ends here.
	terms []string
}

// NewSynonyms makes the tree of groups. Errors are those of CheckGroup, with
// the group's place counted from 1.
func NewSynonyms(groups [][]string) (*Synonyms, error) {
	s := &Synonyms{termsOf: map[string][][]string{}}
	for i, group := range groups {
		if err := s.add(group); err != nil {
			return nil, fmt.Errorf("group %d: %w", i+1, err)
		}
	}
	slices.SortStableFunc(s.expressions, func(a, b SynonymName) int { return strings.Compare(a.Key, b.Key) })
	keys := make([][]byte, len(s.expressions))
	for i, x := range s.expressions {
		keys[i] = []byte(x.Key)
	}
	s.names = NewNameBook(len(keys), func(name uint32) []byte { return keys[name] })
	return s, nil
}

// Groups are what the synonyms were made of; an index keeps them, so that it is
// asked with the words that it was made with.
func (s *Synonyms) Groups() [][]string { return s.groups }

// Spelling is the form in which expressions are compared: equal ones are found
// in the same places. "" says that nothing of it can be searched.
func Spelling(expression string) string {
	sequence := atoms(expression)
	terms := make([]string, len(sequence))
	for i, a := range sequence {
		terms[i] = a.term
	}
	return strings.Join(terms, " ")
}

// CheckGroup refuses a group of fewer than two expressions, and one with an
// expression in which there is nothing to search for.
func CheckGroup(group []string) error {
	if len(group) < 2 {
		return fmt.Errorf("%q needs two expressions or more", group)
	}
	for _, expression := range group {
		if Spelling(expression) == "" {
			return fmt.Errorf("%q holds nothing that can be searched", expression)
		}
	}
	return nil
}

func (s *Synonyms) add(group []string) error {
	if err := CheckGroup(group); err != nil {
		return err
	}
	term := SynonymMark + shortHash(group[0])
	if s.termsOf[term] != nil { // another group begins alike, and means something else
		term = SynonymMark + shortHash(strings.Join(group, "|"))
	}
	for _, expression := range group {
		sequence := atoms(expression)
		s.longestExpression = max(s.longestExpression, len(sequence))
		terms := make([]string, len(sequence))
		for i, a := range sequence {
			terms[i] = a.term
		}
		s.termsOf[term] = append(s.termsOf[term], terms)
		node := &s.root
		for _, a := range sequence {
			if node.next == nil {
				node.next = map[string]*synonymNode{}
			}
			if node.next[a.term] == nil {
				node.next[a.term] = &synonymNode{}
			}
			node = node.next[a.term]
		}
		if !slices.Contains(node.terms, term) {
			node.terms = append(node.terms, term)
		}
		s.expressions = append(s.expressions, SynonymName{expression, Key(expression)})
	}
	s.groups = append(s.groups, group)
	return nil
}

// at visits every expression that begins at atom i, shorter ones first, with
// the groups' terms and the number of atoms it takes.
func (s *Synonyms) at(sequence []atom, i int, visit func(terms []string, length int)) {
	node := &s.root
	for n := 0; i+n < len(sequence); n++ {
		a := &sequence[i+n]
		a.settle()
		if n > 0 && (a.passed || a.han && sequence[i+n-1].han && !a.joined) {
			return
		}
		node = node.next[a.term]
		if node == nil {
			return
		}
		if len(node.terms) > 0 {
			visit(node.terms, n+1)
		}
	}
}

// longest is the longest expression that begins at atom i; 0 if none does.
func (s *Synonyms) longest(sequence []atom, i int) (terms []string, length int) {
	s.at(sequence, i, func(t []string, n int) { terms, length = t, n })
	return terms, length
}

func (s *Synonyms) digest() string {
	h := fnv.New64a()
	for _, group := range s.groups {
		h.Write([]byte(strings.Join(group, "|") + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func shortHash(s string) string {
	h := fnv.New32a()
	h.Write([]byte(s))
	return hex.EncodeToString(h.Sum(nil))
}
