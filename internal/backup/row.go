package backup

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// A value of a row is null, a string, an integer or a boolean of JSON. Bytes, and
// text that is no UTF-8 (SQLite keeps any), are an object with their base64.
type (
	bytesValue struct {
		Bytes []byte `json:"bytes"`
	}
	oddText struct {
		Text []byte `json:"text"`
	}
)

// appendRow writes a row as one line.
func appendRow(to *bytes.Buffer, values []any) error {
	line := make([]any, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case nil, int64, bool:
			line[i] = v
		case string:
			line[i] = v
			if !utf8.ValidString(v) {
				line[i] = oddText{[]byte(v)}
			}
		case []byte:
			line[i] = bytesValue{v}
		default:
			return fmt.Errorf("backup: a value of the type %T", v)
		}
	}
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(line)
}

// rowReader reads the rows of one entry.
type rowReader struct {
	decoder *json.Decoder
	columns int
}

// next is the following row; io.EOF after the last.
func (r *rowReader) next() ([]any, error) {
	var line []json.RawMessage
	if err := r.decoder.Decode(&line); err != nil {
		return nil, err
	}
	if len(line) != r.columns {
		return nil, fmt.Errorf("a row of %d values for %d columns", len(line), r.columns)
	}
	values := make([]any, len(line))
	for i, raw := range line {
		var err error
		if values[i], err = value(raw); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func value(raw json.RawMessage) (any, error) {
	switch raw[0] {
	case 'n':
		return nil, nil
	case 't', 'f':
		return raw[0] == 't', nil
	case '"':
		var text string
		err := json.Unmarshal(raw, &text)
		return text, err
	case '{':
		var odd struct {
			bytesValue
			oddText
		}
		if err := json.Unmarshal(raw, &odd); err != nil {
			return nil, err
		}
		if odd.Text != nil {
			return string(odd.Text), nil
		}
		if odd.Bytes == nil {
			odd.Bytes = []byte{} // an empty one, not NULL
		}
		return odd.Bytes, nil
	}
	var n int64
	err := json.Unmarshal(raw, &n)
	return n, err
}
