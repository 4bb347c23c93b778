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
	// termsOf are the terms of a group's expressions, by its own term, and namesOf
	// these expressions as a text says them.
	termsOf map[string][][]string
	namesOf map[string][]Phrase
	// expressions are all of them by key, for suggestions, and names finds them.
	expressions []SynonymName
	names       *NameBook
	spaced      names
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
	s := &Synonyms{termsOf: map[string][][]string{}, namesOf: map[string][]Phrase{}}
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
	return strings.Join(inWholes(atoms(expression)), " ")
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
		terms := inWholes(sequence)
		s.termsOf[term] = append(s.termsOf[term], terms)
		s.namesOf[term] = append(s.namesOf[term], phraseOf(sequence))
		s.root.put(terms, term)
		s.spaced.add(sequence, terms, term)
		s.expressions = append(s.expressions, SynonymName{expression, Key(expression)})
	}
	s.groups = append(s.groups, group)
	return nil
}

// put adds an expression of a group.
func (n *synonymNode) put(expression []string, group string) {
	for _, term := range expression {
		if n.next == nil {
			n.next = map[string]*synonymNode{}
		}
		if n.next[term] == nil {
			n.next[term] = &synonymNode{}
		}
		n = n.next[term]
	}
	if !slices.Contains(n.terms, group) {
		n.terms = append(n.terms, group)
	}
}

// inWholes are the terms of atoms, of what is one however it is written that of the whole.
func inWholes(sequence []atom) []string {
	var out []string
	for i := 0; i < len(sequence); {
		if whole, n := longestCompound(sequence[i:], true); n > 0 {
			out = append(out, stem(whole))
			i += n
			continue
		}
		out = append(out, sequence[i].term)
		i++
	}
	return out
}

// at visits every expression that begins at atom i, of those in the same words shorter
// ones first, with the groups' terms and the number of atoms it takes. The parts of a
// compound are looked for as they are and as the whole.
func (s *Synonyms) at(sequence []atom, i int, visit func(terms []string, length int)) {
	s.root.at(sequence, i, i, visit)
}

func (n *synonymNode) at(sequence []atom, from, i int, visit func(terms []string, length int)) {
	for ; i < len(sequence) && n != nil && n.next != nil; i++ {
		a := &sequence[i]
		a.settle()
		if i > from && (a.passed || a.han && sequence[i-1].han && !a.joined) {
			return
		}
		if !a.han && i+1 < len(sequence) && !sequence[i+1].han && compound(a, &sequence[i+1], true) {
			n.atWholes(sequence, from, i, visit)
		}
		n = n.next[a.term]
		if n != nil && len(n.terms) > 0 {
			visit(n.terms, i+1-from)
		}
	}
}

// atWholes visits what goes on with the compounds that begin at atom i.
func (n *synonymNode) atWholes(sequence []atom, from, i int, visit func(terms []string, length int)) {
	compounds(sequence[i:], true, func(whole string, parts int) {
		n.next[stem(whole)].reached(sequence, from, i+parts, visit)
	})
}

// reached visits what ends at a node that was come to before atom i, and what goes on.
func (n *synonymNode) reached(sequence []atom, from, i int, visit func(terms []string, length int)) {
	if n == nil {
		return
	}
	if len(n.terms) > 0 {
		visit(n.terms, i-from)
	}
	n.at(sequence, from, i, visit)
}

// longest is the longest expression that begins at atom i; 0 if none does.
func (s *Synonyms) longest(sequence []atom, i int) (terms []string, length int) {
	return s.longestUpTo(sequence, i, len(sequence))
}

// longestUpTo is the longest of so many atoms at most.
func (s *Synonyms) longestUpTo(sequence []atom, i, most int) (terms []string, length int) {
	s.at(sequence, i, func(t []string, n int) {
		if n > length && n <= most {
			terms, length = t, n
		}
	})
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
