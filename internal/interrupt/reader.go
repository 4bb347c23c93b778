// Package interrupt ends long readings with their context.
package interrupt

import (
	"context"
	"io"
)

// Reader reads from another until ctx has ended. Errors: ctx's, and the other's.
func Reader(ctx context.Context, from io.Reader) io.Reader { return reader{ctx, from} }

type reader struct {
	ctx  context.Context
	from io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}
