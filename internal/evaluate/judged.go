package evaluate

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
)

// KnownFields are the documents' fields with text.
var KnownFields = []string{
	"title", "abstract", "description", "keywords", "title_en", "abstract_en",
	"institution", "firm", "authors", "pi_name",
}

// Doc is one document with the fields that were asked for.
type Doc struct {
	ID string
	// Language is the record's "lang".
	Language string
	// Fields holds the texts by name; a list has several.
	Fields map[string][]string
	// Record is all of the line, for rankers that look at more than text. It
	// holds the fields that were not asked for as well.
	Record json.RawMessage
}

// Text is a field's text in one piece.
func (d *Doc) Text(field string) string { return strings.Join(d.Fields[field], " ") }

// Query is one query.
type Query struct {
	ID, Text, Language string
	// Title is the heading of a need that has one.
	Title string
	// Exclude is a document that is left out; "" for none.
	Exclude string
	// Only are the documents to be ranked; nil for all.
	Only []string
	// Record is all of the line.
	Record json.RawMessage
}

// whole is all of the query's text in one piece.
func (q *Query) whole() string {
	if q.Title == "" {
		return q.Text
	}
	return q.Title + "\n" + q.Text
}

// set is what an evaluation works on.
type set struct {
	docs    []Doc
	queries []Query
	grades  map[string]map[string]int // by query and document
}

// gradesOf are a query's, without the document that is left out.
func (s set) gradesOf(q Query) map[string]int {
	grades := maps.Clone(s.grades[q.ID])
	delete(grades, q.Exclude)
	return grades
}

// InputError says that what was given to evaluate cannot be: a field that no
// document has, a file that is absent or broken.
type InputError struct{ cause error }

func (e *InputError) Error() string { return e.cause.Error() }

// Unwrap gives the cause.
func (e *InputError) Unwrap() error { return e.cause }

// load reads the files. Every error is an *InputError.
func load(o Options) (s set, err error) {
	if s.docs, err = loadDocs(o); err != nil {
		return s, err
	}
	if s.queries, err = o.queries(); err == nil {
		s.grades, err = readQrels(o.Qrels)
	}
	if err == nil && !slices.ContainsFunc(s.queries, func(q Query) bool { return anyRelevant(s.gradesOf(q)) }) {
		err = fmt.Errorf("%s: no query has a relevant document", o.Qrels)
	}
	if err != nil {
		err = &InputError{err}
	}
	return s, err
}

// loadDocs reads the documents. Every error is an *InputError.
func loadDocs(o Options) ([]Doc, error) {
	fields := o.Fields
	if len(fields) == 0 {
		fields = KnownFields
	}
	for _, f := range fields {
		if !slices.Contains(KnownFields, f) {
			return nil, &InputError{fmt.Errorf("unknown field %q: known are %s", f, strings.Join(KnownFields, ", "))}
		}
	}
	docs, err := readDocs(o.Docs, fields)
	if err != nil {
		return nil, &InputError{err}
	}
	return docs, nil
}

func readDocs(path string, fields []string) ([]Doc, error) {
	var docs []Doc
	place := map[string]int{}
	err := lines(path, func(line []byte) error {
		var record map[string]json.RawMessage
		if err := json.Unmarshal(line, &record); err != nil {
			return err
		}
		d := Doc{Fields: map[string][]string{}, Record: slices.Clone(line)}
		if err := optional(record, "id", &d.ID); err != nil {
			return err
		}
		if d.ID == "" {
			return errors.New(`no "id"`)
		}
		if err := optional(record, "lang", &d.Language); err != nil {
			return err
		}
		for _, f := range fields {
			texts, err := textsOf(record[f])
			if err != nil {
				return fmt.Errorf("%s: %w", f, err)
			}
			if len(texts) > 0 {
				d.Fields[f] = texts
			}
		}
		if i, ok := place[d.ID]; ok { // a later line replaces an earlier one
			docs[i] = d
			return nil
		}
		place[d.ID] = len(docs)
		docs = append(docs, d)
		return nil
	})
	if err == nil && len(docs) == 0 {
		err = fmt.Errorf("%s holds no document", path)
	}
	return docs, err
}

// textsOf reads a string, a list of strings, or null.
func textsOf(raw json.RawMessage) ([]string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	if raw[0] == '[' {
		var list []string
		err := json.Unmarshal(raw, &list)
		return list, err
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil || text == "" {
		return nil, err
	}
	return []string{text}, nil
}

func optional(record map[string]json.RawMessage, name string, into *string) error {
	raw, ok := record[name]
	if !ok || string(raw) == "null" {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// placeOfQuery is where a text around queries has the query.
const placeOfQuery = "{query}"

// queries reads the queries, as often as there are texts around them. Those of one
// query have its id: they are judged alike.
func (o Options) queries() ([]Query, error) {
	asked, err := readQueries(o.Queries)
	if err != nil || o.Around == "" {
		return asked, err
	}
	var out []Query
	err = lines(o.Around, func(line []byte) error {
		var around string
		if err := json.Unmarshal(line, &around); err != nil {
			return err
		}
		if strings.Count(around, placeOfQuery) != 1 {
			return fmt.Errorf("%s does not stand in it once", placeOfQuery)
		}
		for _, q := range asked {
			q.Text = strings.Replace(around, placeOfQuery, q.Text, 1)
			out = append(out, q)
		}
		return nil
	})
	return out, err
}

func readQueries(path string) ([]Query, error) {
	var queries []Query
	known := map[string]bool{}
	err := lines(path, func(line []byte) error {
		var q struct {
			ID       string `json:"qid"`
			Text     string `json:"query"`
			Exclude  string `json:"exclude"`
			Title    string `json:"title"`
			Language string `json:"lang"`
		}
		if err := json.Unmarshal(line, &q); err != nil {
			return err
		}
		if q.ID == "" || q.Text == "" {
			return errors.New(`"qid" or "query" is missing`)
		}
		if known[q.ID] { // its judgments would count once more
			return fmt.Errorf("qid %q stands here again", q.ID)
		}
		known[q.ID] = true
		queries = append(queries, Query{
			ID: q.ID, Text: q.Text, Title: q.Title, Exclude: q.Exclude, Language: q.Language, Record: slices.Clone(line),
		})
		return nil
	})
	return queries, err
}

func readQrels(path string) (map[string]map[string]int, error) {
	grades := map[string]map[string]int{}
	err := lines(path, func(line []byte) error {
		const columns = 4
		parts := strings.Fields(string(line))
		if len(parts) != columns {
			return fmt.Errorf("%d columns, want %d: qid, 0, document, grade", len(parts), columns)
		}
		grade, err := strconv.Atoi(parts[3])
		if err != nil {
			return fmt.Errorf("grade: %w", err)
		}
		if grades[parts[0]] == nil {
			grades[parts[0]] = map[string]int{}
		}
		if earlier, judged := grades[parts[0]][parts[2]]; judged && earlier != grade {
			return fmt.Errorf("query %q and document %q are judged %d here, and %d before", parts[0], parts[2], grade, earlier)
		}
		grades[parts[0]][parts[2]] = grade
		return nil
	})
	return grades, err
}

// lines calls read for every line that is not blank; errors get the file and
// the line's number.
func lines(path string, read func(line []byte) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	var in io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		unzipped, err := gzip.NewReader(file)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		defer unzipped.Close()
		in = unzipped
	}
	const longest = 64 << 20
	scanner := bufio.NewScanner(in)
	scanner.Buffer(make([]byte, 0, 1<<20), longest)
	number := 0
	for scanner.Scan() {
		if scanner.Err() != nil {
			break // the file breaks off: what its last line is like is not to be told
		}
		number++
		if len(strings.TrimSpace(scanner.Text())) == 0 {
			continue
		}
		if err := read(scanner.Bytes()); err != nil {
			return fmt.Errorf("%s:%d: %w", path, number, err)
		}
	}
	if err := scanner.Err(); err != nil {
		return fmt.Errorf("%s:%d: %w", path, number+1, err)
	}
	return nil
}
