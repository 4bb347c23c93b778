package httpapi

import (
	"context"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

// TokenAuthenticator resolves the text of an API token. Error:
// errs.Unauthenticated "token_not_valid".
type TokenAuthenticator interface {
	AuthenticateToken(ctx context.Context, text string) (Bearer, error)
}

// Bearer is who a request with an API token is from.
type Bearer struct {
	TokenID string
	Actor   policy.Actor
	Locale  string
}

// bearerText is the token of an Authorization header (RFC 6750 section 2.1).
// Other schemes are a proxy's business.
func bearerText(header string) (string, bool) {
	scheme, text, ok := strings.Cut(header, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return strings.TrimSpace(text), true
}

// bearer resolves the token of a request before its rate is counted: a good
// one has a quota of its own, a bad one spends its network's, so that guessing
// is bounded.
func (s *server) bearer(c *gin.Context) {
	text, ok := bearerText(c.GetHeader("Authorization"))
	if !ok || s.Tokens == nil {
		c.Next()
		return
	}
	st := stateOf(c.Request.Context())
	b, err := s.Tokens.AuthenticateToken(c.Request.Context(), text)
	if err != nil {
		st.refused = err
		c.Next()
		return
	}
	st.actor = b.Actor
	if st.locale == "" {
		st.locale = b.Locale
	}
	c.Next()
}

// counted is whose requests are counted together.
func counted(c *gin.Context) string {
	if id := stateOf(c.Request.Context()).actor.TokenID; id != "" {
		return "token/" + id
	}
	return networkOf(c.ClientIP())
}

// authenticateBearer ends a request whose token is not good, or that wants to
// act for another organisation than its token's. Cookies count for nothing
// beside a token.
func (s *server) authenticateBearer(c *gin.Context, st *requestState) {
	if st.refused != nil {
		c.Header("WWW-Authenticate", `Bearer error="invalid_token"`)
		s.fail(c, st.refused)
		return
	}
	if wanted := c.GetHeader(actingHeader); wanted != "" && wanted != st.actor.OrgID {
		s.fail(c, errs.New(errs.Forbidden, "not_a_member"))
		return
	}
	if err := s.withinScopes(c, st.actor); err != nil {
		c.Header("WWW-Authenticate", `Bearer error="insufficient_scope"`)
		s.fail(c, err)
		return
	}
	c.Next()
}

// withinScopes refuses an operation of which the token's scopes cover nothing.
// What exactly is done within it, the service asks of policy.
func (s *server) withinScopes(c *gin.Context, actor policy.Actor) error {
	route := s.contract.operations[c.Request.Method+" "+c.FullPath()]
	if route == nil {
		return nil
	}
	actions := operationActions[route.Operation.OperationID]
	if slices.ContainsFunc(actions, actor.Covers) {
		return nil
	}
	scopes := operationScopes(route.Operation.OperationID)
	if len(scopes) == 0 {
		return errs.Newp(errs.Forbidden, "not_allowed", errs.Params{"reason": "session_required"})
	}
	return errs.Newp(errs.Forbidden, "not_allowed", errs.Params{"reason": "scope_missing", "scopes": scopes})
}

// operationScopes are the scopes with any of which a token may call an
// operation; none for one that takes a session.
func operationScopes(id string) []policy.TokenScope {
	var out []policy.TokenScope
	for _, scope := range policy.AllTokenScopes {
		if slices.ContainsFunc(operationActions[id], func(a policy.Action) bool {
			return slices.Contains(policy.ScopesFor(a), scope)
		}) {
			out = append(out, scope)
		}
	}
	return out
}

// holdsSecret tells whether an operation, by the name of its handler, answers
// with a secret that is shown once, in its body or as a session's cookie: then
// the answer is not kept for a repeated request.
func holdsSecret(operation string) bool {
	switch operation {
	case "SignIn", "CreateToken", "CreateWebhook", "RotateWebhookSecret":
		return true
	}
	return false
}
