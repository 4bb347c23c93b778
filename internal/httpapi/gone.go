package httpapi

import (
	"context"
	"errors"
	"net"

	"github.com/gin-gonic/gin"
)

// statusGone is what the log and the numbers have of a request whose caller went
// before its answer, as nginx writes it: it is no failure of the program, and no
// alarm.
const statusGone = 499

// gone tells whether a request failed because its caller had gone (typing on while
// a search was under way), and marks it so.
func gone(c *gin.Context, err error) bool {
	if c.Request.Context().Err() == nil || !errors.Is(err, context.Canceled) {
		return false
	}
	if !c.Writer.Written() {
		c.Status(statusGone)
	}
	c.Abort()
	return true
}

// brokenOff tells whether the caller's own connection broke, where nothing else is
// read from or written to: op is "read" or "write".
func brokenOff(err error, op string) bool {
	var broken *net.OpError
	return errors.As(err, &broken) && broken.Op == op
}

// unsent deals with an answer that could not be written to its end.
func (s *server) unsent(c *gin.Context, err error) {
	if brokenOff(err, "write") {
		c.Abort()
		return
	}
	s.fail(c, err)
}
