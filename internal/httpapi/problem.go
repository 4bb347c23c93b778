package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/errs"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/message"
)

// statusOf maps every kind of error to its HTTP status; there is no other
// place where an error becomes a status.
func statusOf(k errs.Kind) int {
	switch k {
	case errs.Invalid:
		return http.StatusUnprocessableEntity
	case errs.Malformed:
		return http.StatusBadRequest
	case errs.Unauthenticated:
		return http.StatusUnauthorized
	case errs.Forbidden:
		return http.StatusForbidden
	case errs.NotFound:
		return http.StatusNotFound
	case errs.WrongMethod:
		return http.StatusMethodNotAllowed
	case errs.Conflict:
		return http.StatusConflict
	case errs.Stale:
		return http.StatusPreconditionFailed
	case errs.TooLarge:
		return http.StatusRequestEntityTooLarge
	case errs.WrongType:
		return http.StatusUnsupportedMediaType
	case errs.RateLimited:
		return http.StatusTooManyRequests
	case errs.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// problemOf is the wire form of an error in the reader's language. The cause
// never leaves the program.
func problemOf(err error, locale, requestID string) oas.Problem {
	e := errs.As(err)
	p := oas.Problem{
		Type:      "chengqiao:problem:" + e.Code,
		Title:     message.Problem(locale, e.Code, e.Params),
		Status:    statusOf(e.Kind),
		Code:      e.Code,
		Params:    e.Params,
		RequestID: requestID,
	}
	for _, f := range e.Fields {
		p.Fields = append(p.Fields, struct {
			Code    string                 `json:"code"`
			Message string                 `json:"message"`
			Params  map[string]interface{} `json:"params,omitempty,omitzero"`
			Path    string                 `json:"path"`
		}{Path: f.Path, Code: f.Code, Message: message.Field(locale, f.Code, f.Params), Params: f.Params})
	}
	return p
}

// unavailableFor is in how many seconds a client may look whether what is away has
// come back: most often something was started anew.
const unavailableFor = "5"

// fail answers with the problem of err and logs once what an operator must see.
func (s *server) fail(c *gin.Context, err error) {
	if gone(c, err) {
		return
	}
	st := stateOf(c.Request.Context())
	if errors.Is(err, context.DeadlineExceeded) && c.Request.Context().Err() != nil && errs.KindOf(err) == errs.Internal {
		err = errs.Wrap(errs.Unavailable, "took_too_long", err)
	}
	e := errs.As(err)
	if e.Kind == errs.Internal || e.Kind == errs.Unavailable {
		s.log.LogAttrs(c.Request.Context(), slog.LevelError, "request failed",
			slog.String("request_id", st.id), slog.String("code", e.Code), slog.String("error", err.Error()))
	}
	if c.Writer.Written() {
		c.Abort()
		return
	}
	if after, ok := e.Params["retry_after_seconds"].(int); ok {
		c.Header("Retry-After", strconv.Itoa(after))
	} else if e.Kind == errs.Unavailable {
		c.Header("Retry-After", unavailableFor)
	}
	p := problemOf(err, st.locale, st.id)
	body, marshalErr := json.Marshal(p)
	if marshalErr != nil {
		body = []byte(`{"type":"chengqiao:problem:internal","title":"internal","status":500,"code":"internal"}`)
		p.Status = http.StatusInternalServerError
	}
	c.Header("Cache-Control", "no-store")
	c.Data(p.Status, "application/problem+json", body)
	c.Abort()
}
