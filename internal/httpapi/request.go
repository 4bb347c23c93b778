package httpapi

import (
	"context"

	"chengqiao/internal/policy"
)

// requestState is what the middleware found out about one request.
type requestState struct {
	id        string
	actor     policy.Actor
	sessionID string
	locale    string
	// refused is why the request's API token is not good.
	refused error
}

type requestKey struct{}

func withState(ctx context.Context, s *requestState) context.Context {
	return context.WithValue(ctx, requestKey{}, s)
}

func stateOf(ctx context.Context) *requestState {
	if s, ok := ctx.Value(requestKey{}).(*requestState); ok {
		return s
	}
	return &requestState{locale: defaultLocale}
}

// actorOf is who asks; the zero Actor for a visitor.
func actorOf(ctx context.Context) policy.Actor { return stateOf(ctx).actor }

// localeOf is the reader's language, zh-CN or en.
func localeOf(ctx context.Context) string { return stateOf(ctx).locale }

// sessionOf is the id of the session that carries the request; "" without one.
func sessionOf(ctx context.Context) string { return stateOf(ctx).sessionID }

// RequestID is the id that logs, audit and problems of one request share; ""
// outside of requests.
func RequestID(ctx context.Context) string {
	if s, ok := ctx.Value(requestKey{}).(*requestState); ok {
		return s.id
	}
	return ""
}
