package listing

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"chengqiao/internal/errs"
)

// fingerprint tells two contents apart: as they are written, and as programs wrote
// them in which the texts inside lists (a claim's metric, a right's title) had one
// language. By the latter a record is known again that such a program imported.
type fingerprint struct {
	now     string
	content []byte
}

func fingerprintOf[C any](content C) (fingerprint, error) {
	raw, err := encode(content)
	if err != nil {
		return fingerprint{}, err
	}
	return fingerprint{digest(raw), raw}, nil
}

// is tells whether it is the one that was kept when a record was imported. How an
// earlier program wrote it is asked only where the present way does not tell: to write
// a content that way takes as long as to read it.
func (f fingerprint) is(kept string) (bool, error) {
	if kept == f.now || kept == "" {
		return kept == f.now, nil
	}
	var earlier bytes.Buffer
	decoder := json.NewDecoder(bytes.NewReader(f.content))
	decoder.UseNumber()
	if err := writeEarlier(&earlier, decoder, false); err != nil {
		return false, errs.Wrap(errs.Internal, "internal", fmt.Errorf("fingerprint: %w", err))
	}
	return kept == digest(earlier.Bytes()), nil
}

func digest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// writeEarlier copies the next value, with its keys in their order. Inside a list a
// text in one language is written as a plain string.
func writeEarlier(w *bytes.Buffer, d *json.Decoder, inList bool) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	begin, composed := token.(json.Delim)
	if !composed {
		return writeToken(w, token)
	}
	if begin == '[' {
		w.WriteByte('[')
		for n := 0; d.More(); n++ {
			if n > 0 {
				w.WriteByte(',')
			}
			if err := writeEarlier(w, d, true); err != nil {
				return err
			}
		}
		w.WriteByte(']')
		_, err = d.Token()
		return err
	}
	var fields bytes.Buffer
	var last string // the value of the last key
	text, n := true, 0
	for ; d.More(); n++ {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if n > 0 {
			fields.WriteByte(',')
		}
		if err := writeToken(&fields, key); err != nil {
			return err
		}
		fields.WriteByte(':')
		from := fields.Len()
		if err := writeEarlier(&fields, d, inList); err != nil {
			return err
		}
		last = fields.String()[from:]
		text = text && (key == "zh" || key == "en")
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	switch {
	case inList && n == 0:
		w.WriteString(`""`)
	case inList && text && n == 1:
		w.WriteString(last)
	default:
		w.WriteByte('{')
		w.Write(fields.Bytes())
		w.WriteByte('}')
	}
	return nil
}

func writeToken(w *bytes.Buffer, token json.Token) error {
	raw, err := json.Marshal(token)
	w.Write(raw)
	return err
}
