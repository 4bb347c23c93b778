// Package errs owns the one error type that crosses package borders: a kind
// (what sort of failure), a stable code (which one exactly, the same in API,
// command line and translations), parameters, and the fields at fault.
// Nothing imports upward from it.
package errs

import (
	"errors"
	"fmt"
	"strings"
)

// Kind is the sort of a failure; httpapi maps each to one HTTP status.
type Kind uint8

// The kinds, with the HTTP status that httpapi gives them.
const (
	Internal        Kind = iota // 500: a defect or a broken dependency; the cause is logged, never shown
	Invalid                     // 422: the request's content breaks a rule; Fields say where
	Malformed                   // 400: the request cannot be read at all
	Unauthenticated             // 401: sign in first
	Forbidden                   // 403: signed in, and not allowed; Params["reason"] says why
	NotFound                    // 404: absent, or hidden from this reader
	WrongMethod                 // 405: nothing takes this method at an address that others are taken at
	Conflict                    // 409: contradicts the present state (illegal step, duplicate)
	Stale                       // 412: the caller's version is not the stored one
	TooLarge                    // 413: beyond a size limit
	WrongType                   // 415: the body is of another media type than is taken
	RateLimited                 // 429: Params["retry_after_seconds"] says when to come back
	Unavailable                 // 503: a needed server is away; worth a retry
)

// None is the kind of no error.
const None Kind = 255

// Params are the values a translated message needs. They never hold secrets
// or fields that the reader may not see.
type Params map[string]any

// Field names one fault inside a request body.
type Field struct {
	// Path is the JSON path from the body's root: "components[1].weight_bps".
	Path string
	// Code is stable and translated by clients: "required", "too_long".
	Code   string
	Params Params
}

// Error is a failure with its stable code.
type Error struct {
	Kind   Kind
	Code   string
	Params Params
	Fields []Field
	cause  error
}

// New makes an error of a kind with its stable code.
func New(kind Kind, code string) *Error { return &Error{Kind: kind, Code: code} }

// Newp is New with parameters for the message.
func Newp(kind Kind, code string, params Params) *Error {
	return &Error{Kind: kind, Code: code, Params: params}
}

// Wrap gives a cause a kind and a code. The cause is for the log alone.
func Wrap(kind Kind, code string, cause error) *Error {
	return &Error{Kind: kind, Code: code, cause: cause}
}

// InvalidFields is the error for a body with one or more faulty fields. It
// returns nil when there are none, so that a validator can end with it.
func InvalidFields(fields []Field) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Code: "invalid_fields", Fields: fields}
}

// Error implements error, for logs.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Code)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "; %s: %s", f.Path, f.Code)
	}
	if len(e.Params) > 0 {
		fmt.Fprintf(&b, " %v", map[string]any(e.Params))
	}
	if e.cause != nil {
		b.WriteString(": ")
		b.WriteString(e.cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.cause }

// Is matches another *Error by kind and code, so that a package can export
// sentinel errors and callers compare with errors.Is.
func (e *Error) Is(target error) bool {
	var t *Error
	if !errors.As(target, &t) {
		return false
	}
	return t.Kind == e.Kind && t.Code == e.Code
}

// As finds the *Error in a chain; anything else is Internal with its cause.
func As(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return Wrap(Internal, "internal", err)
}

// KindOf is the kind of err: Internal for foreign errors, None without one.
func KindOf(err error) Kind {
	if err == nil {
		return None
	}
	return As(err).Kind
}

// CodeOf is the stable code of err: "internal" for foreign errors, "" without one.
func CodeOf(err error) string {
	if err == nil {
		return ""
	}
	return As(err).Code
}
