package analysis

import (
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// SynonymMark begins the term of a group of synonyms; no other term begins with it.
const SynonymMark = "§"

// Synonyms are groups of expressions that mean the same, across languages too.
// A document that holds one of a group is indexed under the group's term, and
// a query's expression is replaced by it, so that both engines treat synonyms
// alike and neither needs to know them.
type Synonyms struct {
	root  synonymNode
	names []string
	// longestExpression is the length of the longest one, in atoms.
	longestExpression int
}

// synonymNode is a place in the tree of expressions, keyed by atoms.
type synonymNode struct {
	next map[string]*synonymNode
	// terms are the groups of which an expression ends here.
	terms []string
}

// ParseSynonyms reads the file format: `groups` is a list of lists of
// expressions. A group of fewer than two, or an expression without any letter,
// is an error that names it.
func ParseSynonyms(data []byte) (*Synonyms, error) {
	var file struct {
		Groups [][]string `yaml:"groups"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("synonyms: %w", err)
	}
	s := &Synonyms{}
	for i, group := range file.Groups {
		if err := s.add(group); err != nil {
			return nil, fmt.Errorf("synonyms: group %d: %w", i+1, err)
		}
	}
	return s, nil
}

func (s *Synonyms) add(group []string) error {
	if len(group) < 2 {
		return fmt.Errorf("%q needs two expressions or more", group)
	}
	term := SynonymMark + shortHash(group[0])
	for _, expression := range group {
		sequence := atoms(expression)
		if len(sequence) == 0 {
			return fmt.Errorf("%q holds nothing that can be searched", expression)
		}
		s.longestExpression = max(s.longestExpression, len(sequence))
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
	}
	s.names = append(s.names, strings.Join(group, "|"))
	return nil
}

// at visits every expression that begins at atom i, shorter ones first, with
// the groups' terms and the number of atoms it takes.
func (s *Synonyms) at(sequence []atom, i int, visit func(terms []string, length int)) {
	node := &s.root
	for n := 0; i+n < len(sequence); n++ {
		a := sequence[i+n]
		if n > 0 && a.han && sequence[i+n-1].han && !a.joined {
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

func (s *Synonyms) digest() string { return shortHash(strings.Join(s.names, "\n")) }

func shortHash(s string) string {
	h := fnv.New32a()
	h.Write([]byte(s))
	return hex.EncodeToString(h.Sum(nil))
}
