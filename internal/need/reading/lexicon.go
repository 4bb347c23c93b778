package reading

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// lexiconFile is the place of headings and cues among the program's data files.
const lexiconFile = "need_reading.yaml"

// lexicon is what headings mean, and the words that tell of fields and industries.
type lexicon struct {
	headings   map[string]string
	fields     []cues
	industries []cues
}

// cues are the words that tell of a code.
type cues struct {
	code  string
	words []string
}

// labels are the headings that a text can have, beside fields of the content.
var labels = []string{"title", "problem", "technical_key", "expected_goal", "requirements", "keywords", "technical_field", "industry", "region", "budget", "budget_max",
	"budget_min", "cooperation", "wished_partners", "deadline", "end_on", "start_on", "period", "min_trl", "introduction", "contact.person", "contact.telephone",
	"contact.email", "contact.account", "contact.address", "contact.organisation"}

func loadLexicon(files fs.FS, codes Codes) (lexicon, error) {
	raw, err := fs.ReadFile(files, lexiconFile)
	if err != nil {
		return lexicon{}, err
	}
	var w struct {
		Headings   map[string][]string `yaml:"headings"`
		Fields     map[string][]string `yaml:"fields"`
		Industries map[string][]string `yaml:"industries"`
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&w); err != nil {
		return lexicon{}, fmt.Errorf("%s: %w", lexiconFile, err)
	}
	l := lexicon{headings: map[string]string{}}
	var faults []error
	for _, label := range slices.Sorted(maps.Keys(w.Headings)) {
		if !slices.Contains(labels, label) {
			faults = append(faults, fmt.Errorf("%s: %s is no heading", lexiconFile, label))
		}
		for _, name := range w.Headings[label] {
			if other, twice := l.headings[headingKey(name)]; twice {
				faults = append(faults, fmt.Errorf("%s: %s stands for %s and %s", lexiconFile, name, other, label))
			}
			l.headings[headingKey(name)] = label
		}
	}
	of := func(list string, given map[string][]string) (out []cues) {
		for _, code := range slices.Sorted(maps.Keys(given)) {
			if known, ok := codes.Code(list, code); !ok || known != code {
				faults = append(faults, fmt.Errorf("%s: %s is no code of %s", lexiconFile, code, list))
			}
			out = append(out, cues{code, given[code]})
		}
		return out
	}
	l.fields, l.industries = of(taxonomy.TechnicalField, w.Fields), of(taxonomy.Industry, w.Industries)
	return l, errors.Join(faults...)
}

// bracketRE is what stands in brackets in a heading: 预算(万元).
var bracketRE = regexp.MustCompile(`[(\[][^()\[\]]*[)\]]`)

// headingKey is the form in which headings are compared.
func headingKey(name string) string {
	name = bracketRE.ReplaceAllString(text.Fold(name), "")
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '*' || r == '_' || r == '#' || r == '【' || r == '】' {
			return -1
		}
		return r
	}, name)
}

// tells is where a word stands in a lower-case text: an English one as a word of its own,
// whose plural it may be; -1 where it does not.
func tells(in, word string) int {
	latin := word[0] < 0x80
	for from := 0; ; {
		at := strings.Index(in[from:], word)
		if at < 0 {
			return -1
		}
		at += from
		end := at + len(word)
		letter := func(i int) bool {
			return i >= 0 && i < len(in) && (in[i] >= 'a' && in[i] <= 'z' || in[i] >= '0' && in[i] <= '9')
		}
		if !latin || !letter(at-1) && (!letter(end) || in[end] == 's' && !letter(end+1)) {
			return at
		}
		from = end
	}
}
