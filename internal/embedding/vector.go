package embedding

import (
	"context"
	"errors"
	"math"

	"chengqiao/internal/errs"
)

// Embedder says where texts lie.
type Embedder interface {
	// Embed gives a vector for each text, in their order, all of one length.
	// Errors: ErrUnavailable, ErrRefused, ctx's.
	Embed(ctx context.Context, texts []string) ([]Vector, error)
}

// Errors of this port; compare with errors.Is.
var (
	// ErrUnavailable: the service cannot be reached, fails, does not let us in,
	// or answers what cannot be an answer.
	ErrUnavailable = errs.New(errs.Unavailable, "embedding_unavailable")
	// ErrRefused: the service works and does not take these texts. With others
	// it may.
	ErrRefused = errs.New(errs.Invalid, "embedding_refused")
)

// ErrSpent is the cause of an ErrUnavailable that the service has no part in:
// so many requests were made that no more may be for the moment.
var ErrSpent = errors.New("the allowance of requests is spent")

// Unavailable wraps a cause so that it matches ErrUnavailable.
func Unavailable(cause error) error {
	return errs.Wrap(ErrUnavailable.Kind, ErrUnavailable.Code, cause)
}

// Refused wraps a cause so that it matches ErrRefused.
func Refused(cause error) error { return errs.Wrap(ErrRefused.Kind, ErrRefused.Code, cause) }

// MaxDimensions bounds a vector; the largest models in use have 4096.
const MaxDimensions = 8192

// Vector is where a text lies, as the service says it.
type Vector []float32

// Direction is a vector in a byte a dimension: what is kept and compared. Only
// where it points counts. Empty, it lies nowhere: the service took no such text.
type Direction []int8

// Direction cuts a vector down: its greatest number becomes ±127. Of a vector
// without any, or with one that is no number, ok is false.
func (v Vector) Direction() (d Direction, ok bool) {
	var greatest float64
	for _, x := range v {
		greatest = max(greatest, math.Abs(float64(x))) // NaN stays
	}
	if greatest == 0 || math.IsNaN(greatest) || math.IsInf(greatest, 0) {
		return nil, false
	}
	d = make(Direction, len(v))
	for i, x := range v {
		d[i] = int8(math.Round(float64(x) / greatest * math.MaxInt8))
	}
	return d, true
}

// Bytes are d as it is stored.
func (d Direction) Bytes() []byte {
	out := make([]byte, len(d))
	for i, x := range d {
		out[i] = byte(x)
	}
	return out
}

// DirectionOf reads what Bytes wrote.
func DirectionOf(b []byte) Direction {
	out := make(Direction, len(b))
	for i, x := range b {
		out[i] = int8(x)
	}
	return out
}
