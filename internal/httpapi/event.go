package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/errs"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/notify"
	"chengqiao/internal/policy"
)

const (
	streamType = "text/event-stream"
	// usualHeartbeat keeps proxies from closing a quiet stream (most wait a
	// minute), and bounds how long an ended session still listens.
	usualHeartbeat = 15 * time.Second
	// streamWrite is how long one write to a listener may take.
	streamWrite = 10 * time.Second
	// streamRetry is how long a browser waits before it listens again.
	streamRetry = 3 * time.Second
)

// ListenEvents implements the contract: a stream of live events until the
// reader goes, the session ends, or the server stops. Last-Event-ID is not
// honoured: who comes back reloads. Who comes first is told for how long nothing has
// happened, and need not.
func (a *API) ListenEvents(ctx context.Context, _ oas.ListenEventsRequestObject) (oas.ListenEventsResponseObject, error) {
	c, ok := ctx.(*gin.Context)
	if !ok {
		return nil, errs.New(errs.Internal, "internal")
	}
	listening, err := a.Live.Listen(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	beat := a.server.Heartbeat
	if beat <= 0 {
		beat = usualHeartbeat
	}
	return eventStream{Listening: listening, beat: beat, alive: a.sameSession(c)}, nil
}

// sameSession asks whether the session that a request came with still stands
// for the same actor.
func (a *API) sameSession(c *gin.Context) func() bool {
	ctx, acting := c.Request.Context(), c.GetHeader(actingHeader)
	token := ""
	if cookie, err := c.Request.Cookie(sessionCookie); err == nil {
		token = cookie.Value
	}
	was := stateOf(ctx)
	return func() bool {
		now, err := a.server.auth.Authenticate(ctx, token, acting)
		return err == nil && now.ID == was.sessionID && sameActor(now.Actor, was.actor)
	}
}

func sameActor(a, b policy.Actor) bool {
	return a.AccountID == b.AccountID && a.OrgID == b.OrgID && a.OrgVerified == b.OrgVerified &&
		slices.Equal(a.Roles, b.Roles) && slices.Equal(a.Entries, b.Entries)
}

// eventStream writes server-sent events.
type eventStream struct {
	notify.Listening
	beat time.Duration
	// alive is asked at every beat.
	alive func() bool
}

// VisitListenEventsResponse implements the contract's response.
func (s eventStream) VisitListenEventsResponse(w http.ResponseWriter) error {
	h := w.Header()
	h.Set("Content-Type", streamType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would wait for a full buffer
	w.WriteHeader(http.StatusOK)
	stream := http.NewResponseController(w)
	send := func(format string, args ...any) error {
		// The server's own limit is for whole answers; a stream has one a write.
		if err := stream.SetWriteDeadline(time.Now().Add(streamWrite)); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, format, args...); err != nil {
			return err
		}
		return stream.Flush()
	}
	if send("retry: %d\nevent: opened\ndata: {\"quiet_ms\":%d}\n\n", streamRetry.Milliseconds(), s.Quiet.Milliseconds()) != nil {
		return nil // the reader has gone, which is no failure
	}
	beat := time.NewTicker(s.beat)
	defer beat.Stop()
	for {
		var err error
		select {
		case update, open := <-s.Updates:
			if !open {
				return nil
			}
			err = s.write(send, update)
		case <-beat.C:
			if !s.alive() {
				return nil
			}
			err = send(": beat\n\n")
		}
		if err != nil {
			return nil
		}
	}
}

// write sends one update: the contract's LiveEvent as a message, a gap as "reload".
func (s eventStream) write(send func(string, ...any) error, u notify.Update) error {
	if u.Missed {
		return send("event: reload\ndata: {}\n\n")
	}
	data, err := json.Marshal(u.Event)
	if err != nil {
		return err
	}
	return send("data: %s\n\n", data)
}
