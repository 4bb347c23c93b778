package reward

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"

	"chengqiao/internal/errs"
)

// Summary is what ComputeCases found.
type Summary struct {
	// Cases is the number of cases computed.
	Cases int
	// Mismatches are the cases whose result is not the expected one, in order.
	Mismatches []Mismatch
}

// Mismatch names a case whose result differs from what it expects.
type Mismatch struct {
	// Path is the case's place: "rewards[3]".
	Path string
	Name string
	// Fields are the top-level fields of `expected` that differ.
	Fields []string
}

// sections computes a case by the section it stands in.
var sections = map[string]func(raw json.RawMessage) (object, error){
	"rewards": rewardCase,
	"equity":  equityCase,
	"royalty": royaltyCase,
	"plans":   planCase,
}

// ComputeCases reads worked cases in the sections rewards, equity, royalty
// and plans, and writes the same JSON with a `result` after each case's
// `expected`. The order of sections, cases and fields is kept, and so is
// whatever it does not know. Amounts are integers: fen, or shares.
//
// A case with no `expected` is computed and cannot mismatch. Of an expected
// REJECTED the status and the code count; its further figures explain.
//
// Bad input is an error, and then nothing is written: errs.Malformed
// "json_malformed" when it cannot be read, errs.Invalid with paths from the
// root ("rewards[3].events[0].amount_fen") and Params["case"] when a case
// makes no sense.
func ComputeCases(r io.Reader, w io.Writer) (Summary, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return Summary{}, fmt.Errorf("read cases: %w", err)
	}
	document, err := readObject(raw)
	if err != nil {
		return Summary{}, errs.Wrap(errs.Malformed, "json_malformed", err)
	}
	var summary Summary
	for i, section := range document {
		compute, known := sections[section.name]
		if !known {
			continue
		}
		computed, err := computeSection(section, compute, &summary)
		if err != nil {
			return Summary{}, err
		}
		document[i].value = computed
	}
	var out bytes.Buffer
	if err := json.Indent(&out, document.bytes(), "", " "); err != nil {
		return Summary{}, fmt.Errorf("indent cases: %w", err)
	}
	out.WriteByte('\n')
	if _, err := out.WriteTo(w); err != nil {
		return Summary{}, fmt.Errorf("write cases: %w", err)
	}
	return summary, nil
}

// computeSection computes every case of one section.
func computeSection(section member, compute func(json.RawMessage) (object, error), summary *Summary) (json.RawMessage, error) {
	var cases []json.RawMessage
	if err := json.Unmarshal(section.value, &cases); err != nil {
		return nil, errs.InvalidFields([]errs.Field{{Path: section.name, Code: "not_a_list"}})
	}
	var out bytes.Buffer
	out.WriteByte('[')
	for i, raw := range cases {
		path := fmt.Sprintf("%s[%d]", section.name, i)
		fields, err := readObject(raw)
		if err != nil {
			return nil, errs.InvalidFields([]errs.Field{{Path: path, Code: "not_an_object"}})
		}
		name := fields.text("name")
		result, err := compute(raw)
		if err != nil {
			return nil, inCase(err, path, name)
		}
		if differing := fields.get("expected").differs(result); len(differing) > 0 {
			summary.Mismatches = append(summary.Mismatches, Mismatch{Path: path, Name: name, Fields: differing})
		}
		summary.Cases++
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(fields.with("result", result.bytes(), "expected").bytes())
	}
	out.WriteByte(']')
	return out.Bytes(), nil
}

// inCase puts the case's path before the paths of an error's fields, and its
// name beside them.
func inCase(err error, path, name string) error {
	e := errs.As(err)
	if e.Kind == errs.Internal {
		return err
	}
	named := errs.Error{Kind: e.Kind, Code: e.Code, Params: errs.Params{"case": name}}
	for _, f := range e.Fields {
		f.Path = path + "." + f.Path
		named.Fields = append(named.Fields, f)
	}
	if len(named.Fields) == 0 {
		named.Fields = []errs.Field{{Path: path, Code: e.Code}}
	}
	return &named
}

// expectation is a case's `expected`; nil when the case has none.
type expectation json.RawMessage

// differs lists the expected fields that the result does not have alike.
func (e expectation) differs(result object) []string {
	if e == nil {
		return nil
	}
	want, err := readObject(json.RawMessage(e))
	if err != nil {
		return []string{"expected"}
	}
	rejected := want.text("status") == string(Rejected)
	var out []string
	for _, m := range want {
		if rejected && m.name != "status" && m.name != "code" {
			continue
		}
		if !sameJSON(m.value, json.RawMessage(result.get(m.name))) {
			out = append(out, m.name)
		}
	}
	return out
}

// sameJSON compares two values whatever their spacing and order of fields.
func sameJSON(a, b json.RawMessage) bool {
	x, errA := readNumbers(a)
	y, errB := readNumbers(b)
	return errA == nil && errB == nil && reflect.DeepEqual(x, y)
}

// readNumbers reads a value with its numbers as they are written: a float
// would make neighbours above 2^53 equal.
func readNumbers(raw json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}
