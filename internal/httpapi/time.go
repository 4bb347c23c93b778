package httpapi

import (
	"context"
	"strings"

	"github.com/gin-gonic/gin"
)

// unhurried are the operations that take as long as their bytes do: uploads,
// downloads and the stream of live events.
func unhurried(ct *description) map[string]bool {
	out := map[string]bool{}
	for name, route := range ct.operations {
		if body := route.Operation.RequestBody; body != nil && body.Value.Content["multipart/form-data"] != nil {
			out[name] = true
		}
		for _, response := range route.Operation.Responses.Map() {
			for kind := range response.Value.Content {
				if !strings.HasSuffix(kind, "json") {
					out[name] = true
				}
			}
		}
	}
	return out
}

// limitTime bounds the work for a request. A store that hangs keeps whoever asks
// it waiting for as long as they do; they are told instead that it takes too long.
func (s *server) limitTime(c *gin.Context) {
	if s.RequestTime <= 0 || s.unhurried[c.Request.Method+" "+c.FullPath()] {
		c.Next()
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), s.RequestTime)
	defer cancel()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}
