package benchmark

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// Record is a listing as an import file has it (docs/import.md).
type Record struct {
	ID             string   `json:"id"`
	Language       string   `json:"lang,omitempty"`
	Title          string   `json:"title"`
	TitleEn        string   `json:"title_en,omitempty"`
	Abstract       string   `json:"abstract"`
	AbstractEn     string   `json:"abstract_en,omitempty"`
	Keywords       []string `json:"keywords,omitempty"`
	Region         string   `json:"province,omitempty"`
	CLC            string   `json:"clc,omitempty"`
	TechnicalField string   `json:"technical_field,omitempty"`
	TRL            int      `json:"trl,omitempty"`
	PriceMode      string   `json:"price_mode,omitempty"`
	Price          string   `json:"price,omitempty"`
	Cooperation    []string `json:"cooperation,omitempty"`
	Year           int      `json:"year,omitempty"`
}

// catalogues are the files of real listings.
var catalogues = []string{"achievements_zh.jsonl.gz", "achievements_en.jsonl.gz"}

// neededFile is the file of real needs.
const neededFile = "needs_en.jsonl.gz"

// Corpus gives n listings to take, one after the other: the real ones of the
// data folder, each with a readiness, price and cooperation drawn for it, and,
// where n asks for more than there are, new ones whose sentences are taken
// alternately from two real ones of a language. The words are distributed as in
// the real texts, and no two listings are the same. The same n gives the same
// listings.
func Corpus(data string, n int, take func(Record) error) error {
	const seed = 20261128
	random := rand.New(rand.NewPCG(seed, uint64(n)))
	var real []Record
	for _, name := range catalogues {
		err := readRecords(filepath.Join(data, name), func(r Record) {
			if strings.TrimSpace(r.Title) != "" {
				real = append(real, r)
			}
		})
		if err != nil {
			return err
		}
	}
	if len(real) == 0 {
		return fmt.Errorf("%s holds no listings", data)
	}
	byLanguage := map[string][]int{}
	for i, r := range real {
		byLanguage[r.Language] = append(byLanguage[r.Language], i)
	}
	for i := range n {
		var r Record
		if i < len(real) {
			r = real[i]
		} else {
			first := real[random.IntN(len(real))]
			same := byLanguage[first.Language]
			r = mixed(first, real[same[random.IntN(len(same))]])
			r.ID = fmt.Sprintf("mixed-%d", i)
		}
		dress(&r, random)
		if err := take(r); err != nil {
			return err
		}
	}
	return nil
}

// NeedRecord is a need as an import file has it.
type NeedRecord struct {
	ID          string `json:"id"`
	Language    string `json:"lang,omitempty"`
	Title       string `json:"title"`
	Description string `json:"description"`
}

// Needs gives n needs to take, one after the other: the real ones of the data
// folder, and new ones made of them as Corpus makes listings.
func Needs(data string, n int, take func(NeedRecord) error) error {
	const seed = 20261129
	random := rand.New(rand.NewPCG(seed, uint64(n)))
	var real []NeedRecord
	err := readRecords(filepath.Join(data, neededFile), func(r NeedRecord) {
		if strings.TrimSpace(r.Title) != "" {
			real = append(real, r)
		}
	})
	if err != nil {
		return err
	}
	if len(real) == 0 {
		return fmt.Errorf("%s holds no needs", data)
	}
	for i := range n {
		r := real[i%len(real)]
		if i >= len(real) {
			other := real[random.IntN(len(real))]
			r = NeedRecord{
				ID: fmt.Sprintf("mixed-need-%d", i), Language: r.Language,
				Title: joinHalves(r.Title, other.Title), Description: alternate(r.Description, other.Description),
			}
		}
		if err := take(r); err != nil {
			return err
		}
	}
	return nil
}

// BriefNeed is how many characters a brief need has at most: the length for which
// the time of a list of matches is set as an aim.
const BriefNeed = 500

// Brief is the need as somebody would post it who writes no more than that: the
// beginning of what it says, up to the end of a word.
func (r NeedRecord) Brief() NeedRecord {
	if said := []rune(r.Description); len(said) > BriefNeed {
		end := BriefNeed
		for end > 0 && !unicode.IsSpace(said[end]) {
			end--
		}
		if end == 0 { // no words of letters
			end = BriefNeed
		}
		r.Description = string(said[:end])
	}
	return r
}

// mixed is a listing about what two speak of.
func mixed(a, b Record) Record {
	r := a
	r.Title = joinHalves(a.Title, b.Title)
	r.TitleEn = joinHalves(a.TitleEn, b.TitleEn)
	r.Abstract = alternate(a.Abstract, b.Abstract)
	r.AbstractEn = alternate(a.AbstractEn, b.AbstractEn)
	r.Keywords = append(a.Keywords[:len(a.Keywords)/2:len(a.Keywords)/2], b.Keywords[len(b.Keywords)/2:]...)
	return r
}

// joinHalves is the first half of one title and the second of another.
func joinHalves(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	if strings.Contains(a, " ") && strings.Contains(b, " ") {
		x, y := strings.Fields(a), strings.Fields(b)
		return strings.Join(append(x[:(len(x)+1)/2:(len(x)+1)/2], y[len(y)/2:]...), " ")
	}
	x, y := []rune(a), []rune(b)
	return string(x[:(len(x)+1)/2]) + string(y[len(y)/2:])
}

// alternate takes every second sentence of two texts in turn.
func alternate(a, b string) string {
	x, y := sentences(a), sentences(b)
	var out strings.Builder
	for i := range max(len(x), len(y)) {
		from := x
		if i%2 == 1 {
			from = y
		}
		if i < len(from) {
			out.WriteString(from[i])
		}
	}
	return out.String()
}

// sentences cuts a text behind its full stops.
func sentences(s string) []string {
	var out []string
	from := 0
	for i, r := range s {
		if r == '。' || r == '；' || r == '.' || r == ';' {
			end := i + len(string(r))
			out = append(out, s[from:end])
			from = end
		}
	}
	return append(out, s[from:])
}

var (
	drawnFields = []string{
		"electronics", "aerospace", "advanced_manufacturing", "biomedicine", "new_materials", "new_energy", "environment",
		"nuclear", "agriculture", "transport", "urban_social",
	}
	drawnModes = []string{"agreement", "listing", "auction"}
	drawnTerms = []string{"licence_know_how", "development_joint", "service"}
)

// dress gives a listing the properties that the real ones lack and that people
// filter by.
func dress(r *Record, random *rand.Rand) {
	r.TRL = 1 + random.IntN(9)
	r.PriceMode = drawnModes[random.IntN(len(drawnModes))]
	r.Price = fmt.Sprint(10_000 * (1 + random.IntN(1_000)))
	r.Cooperation = drawnTerms[:1+random.IntN(len(drawnTerms))]
	if r.CLC == "" {
		r.TechnicalField = drawnFields[random.IntN(len(drawnFields))]
	}
}

// readRecords reads a gzip'd file of JSON Lines.
func readRecords[R any](path string, take func(R)) (err error) {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	lines := bufio.NewReaderSize(unzipped, 1<<20)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var r R
			if err := json.Unmarshal(line, &r); err != nil {
				return fmt.Errorf("%s, line %d: %w", path, number, err)
			}
			take(r)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
}
