package httpapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/policy"
)

// sessionCookie is the name in the contract.
const sessionCookie = "chengqiao_session"

// actingHeader names the organisation that one request acts for.
const actingHeader = "Acting-Organisation"

const defaultLocale = "zh-CN"

// Authenticator resolves a session token to its actor. An unknown, ended or
// revoked token gives the zero Actor and no error; an acting organisation the
// account does not belong to is errs.Forbidden "not_a_member".
type Authenticator interface {
	Authenticate(ctx context.Context, token, actingOrg string) (Session, error)
}

// Session is a resolved session.
type Session struct {
	ID     string
	Actor  policy.Actor
	Locale string
}

// authenticate puts the request's state into its context.
func (s *server) authenticate(c *gin.Context) {
	st := stateOf(c.Request.Context())
	if st.refused != nil || st.actor.TokenID != "" {
		s.authenticateBearer(c, st)
		return
	}
	if cookie, err := c.Request.Cookie(sessionCookie); err == nil && cookie.Value != "" {
		session, err := s.auth.Authenticate(c.Request.Context(), cookie.Value, c.GetHeader(actingHeader))
		if err != nil {
			s.fail(c, err)
			return
		}
		st.actor, st.sessionID = session.Actor, session.ID
		if st.locale == "" {
			st.locale = session.Locale
		}
	}
	if st.locale == "" {
		st.locale = defaultLocale
	}
	c.Next()
}

// localeFrom reads the wish of an Accept-Language header: the first language
// named that the product speaks; "" when none is.
func localeFrom(header string) string {
	for part := range strings.SplitSeq(header, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		switch lang, _, _ := strings.Cut(strings.ToLower(tag), "-"); lang {
		case "zh":
			return "zh-CN"
		case "en":
			return "en"
		}
	}
	return ""
}

// cookieFor is the Set-Cookie value of a session; an empty token clears it.
// SameSite=Lax and the origin check of the server keep other sites out.
func (s *server) cookieFor(token string, expires time.Time) string {
	cookie := http.Cookie{
		Name: sessionCookie, Value: token, Path: "/", HttpOnly: true,
		Secure: s.secureCookies, SameSite: http.SameSiteLaxMode,
	}
	if token == "" {
		cookie.MaxAge = -1
	} else {
		cookie.Expires = expires
	}
	return cookie.String()
}
