package reward

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// object is a JSON object whose fields keep their order.
type object []member

type member struct {
	name  string
	value json.RawMessage
}

var errNotObject = errors.New("not a JSON object")

// readObject reads exactly one object.
func readObject(raw []byte) (object, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if start, err := d.Token(); err != nil {
		return nil, err
	} else if start != json.Delim('{') {
		return nil, errNotObject
	}
	var out object
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		// Inside an object the decoder gives every key as a string.
		out = append(out, member{key.(string), value})
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the object")
	}
	return out, nil
}

// get is a field's value, nil when absent.
func (o object) get(name string) expectation {
	for _, m := range o {
		if m.name == name {
			return expectation(m.value)
		}
	}
	return nil
}

// text is a field's string, "" when it is none.
func (o object) text(name string) string {
	var s string
	if err := json.Unmarshal(o.get(name), &s); err != nil {
		return ""
	}
	return s
}

// with sets a field: in place where it stands, else after the named field,
// else at the end.
func (o object) with(name string, value json.RawMessage, after string) object {
	at := len(o)
	for i, m := range o {
		if m.name == name {
			out := append(object(nil), o...)
			out[i].value = value
			return out
		}
		if m.name == after {
			at = i + 1
		}
	}
	out := append(object(nil), o[:at]...)
	return append(append(out, member{name, value}), o[at:]...)
}

// add appends a field with any value of this package's results. They are
// integers, strings and objects, which always marshal.
func (o *object) add(name string, value any) {
	var raw json.RawMessage
	switch v := value.(type) {
	case object:
		raw = v.bytes()
	default:
		var err error
		if raw, err = json.Marshal(v); err != nil {
			panic(fmt.Sprintf("reward: result field %s: %v", name, err))
		}
	}
	*o = append(*o, member{name, raw})
}

// bytes writes the object compactly.
func (o object) bytes() json.RawMessage {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			out.WriteByte(',')
		}
		key, err := json.Marshal(m.name)
		if err != nil {
			panic(fmt.Sprintf("reward: field name %q: %v", m.name, err))
		}
		out.Write(key)
		out.WriteByte(':')
		out.Write(m.value)
	}
	out.WriteByte('}')
	return out.Bytes()
}

// MarshalJSON lets an object stand inside a list.
func (o object) MarshalJSON() ([]byte, error) { return o.bytes(), nil }
