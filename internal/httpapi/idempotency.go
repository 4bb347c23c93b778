package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/httpapi/oas"
)

// KeyedRequest identifies a request with an Idempotency-Key.
type KeyedRequest struct {
	// Scope is the account, so that keys of two clients never meet.
	Scope string
	Key   string
	// Hash covers method, path, acting organisation, version and body.
	Hash string
}

// KeptAnswer is a successful answer as it was given, without cookies.
type KeptAnswer struct {
	Status  int
	Headers map[string]string
	Body    string
}

// Idempotency runs fn once per key, in one transaction with the record of its
// answer; a repetition gets the recorded answer. Errors: those of fn;
// errs.Invalid "idempotency_key_reused".
type Idempotency interface {
	Do(ctx context.Context, req KeyedRequest, fn func(ctx context.Context) (KeptAnswer, error)) (answer KeptAnswer, replayed bool, err error)
}

// bodyKey keeps the bytes of a body that an idempotent request hashes.
type bodyKey struct{}

// keepBody reads the (already limited) body of a keyed request, so that its
// hash can be taken after the validation has consumed it. An upload takes no
// key: its bytes would fill the memory, and its transaction would wait for them.
func (s *server) keepBody(c *gin.Context) {
	if c.GetHeader("Idempotency-Key") == "" || c.Request.Body == nil || c.FullPath() == uploadPath || c.FullPath() == importPath {
		c.Next()
		return
	}
	body, err := io.ReadAll(c.Request.Body)
	if err != nil {
		s.fail(c, shapeError(err))
		return
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), bodyKey{}, body))
	c.Next()
}

// idempotent wraps the operations of requests that carry a key. Signing in and
// uploads take none: their answers hold a secret or are not worth keeping.
func (s *server) idempotent(next oas.StrictHandlerFunc, operation string) oas.StrictHandlerFunc {
	secret := holdsSecret(operation)
	return func(c *gin.Context, request any) (any, error) {
		key := c.GetHeader("Idempotency-Key")
		ctx := c.Request.Context()
		actor := actorOf(ctx)
		body, kept := ctx.Value(bodyKey{}).([]byte)
		if key == "" || secret || !kept || !actor.SignedIn() || c.Request.Method != http.MethodPost || s.Idempotency == nil {
			return next(c, request)
		}
		sum := sha256.New()
		for _, part := range []string{c.Request.Method, c.Request.URL.Path, actor.OrgID, c.GetHeader("If-Match")} {
			io.WriteString(sum, part+"\n")
		}
		sum.Write(body)
		keyed := KeyedRequest{Scope: actor.AccountID, Key: key, Hash: hex.EncodeToString(sum.Sum(nil))}
		outer := c.Request
		defer func() { c.Request = outer }()
		answer, replayed, err := s.Idempotency.Do(ctx, keyed, func(ctx context.Context) (KeptAnswer, error) {
			c.Request = outer.WithContext(ctx)
			response, err := next(c, request)
			if err != nil {
				return KeptAnswer{}, err
			}
			return keep(response)
		})
		if err != nil {
			return nil, err
		}
		if replayed {
			c.Header("Idempotency-Replayed", "true")
		}
		for name, value := range answer.Headers {
			c.Header(name, value)
		}
		c.Status(answer.Status)
		if answer.Body == "" {
			c.Writer.WriteHeaderNow()
			return nil, nil
		}
		_, err = io.WriteString(c.Writer, answer.Body)
		return nil, err
	}
}
