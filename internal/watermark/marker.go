package watermark

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"time"

	"chengqiao/internal/document"
	"chengqiao/internal/errs"
)

// The bounds of a marking.
const (
	// Patience is how long one may take, and how long one waits for its turn.
	Patience = 30 * time.Second
	// maxResult is the largest marked file that is taken from the process.
	maxResult = 4 * MaxBytes
	// atOnce is how many work at a time: each may take ChildMemory.
	atOnce = 2
)

// Marker marks files in processes of its own.
type Marker struct {
	program []string
	font    string
	turns   chan struct{}
	log     *slog.Logger
}

var _ document.Marker = (*Marker)(nil)

// New makes a marker that starts program, a command line whose process calls
// Child; font is a file as FindFont gives.
func New(program []string, font string, log *slog.Logger) *Marker {
	return &Marker{program: program, font: font, turns: make(chan struct{}, atOnce), log: log}
}

// Marks implements document.Marker.
func (*Marker) Marks(contentType string) (into string, ok bool) {
	into, ok = intoType[contentType]
	return into, ok
}

// Mark implements document.Marker.
func (m *Marker) Mark(ctx context.Context, contentType string, content io.Reader, mark document.Mark) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	select {
	case m.turns <- struct{}{}:
		defer func() { <-m.turns }()
	case <-ctx.Done():
		return nil, errs.Wrap(errs.Unavailable, "marking_busy", ctx.Err())
	}
	line, err := json.Marshal(order{ContentType: contentType, Font: m.font, Mark: mark})
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, m.program[0], m.program[1:]...)
	// Nothing of this process's environment: there are passwords in it.
	cmd.Env = []string{}
	cmd.Stdin = io.MultiReader(bytes.NewReader(append(line, '\n')), content)
	out, said := &bounded{limit: maxResult}, &bounded{limit: 4 << 10, drop: true}
	cmd.Stdout, cmd.Stderr = out, said
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		m.log.WarnContext(ctx, "a file could not be marked", "content_type", contentType, "error", err, "said", said.String())
		return nil, errs.Wrap(errs.Invalid, "file_cannot_be_marked", err)
	}
	if out.Len() == 0 {
		return nil, errs.Wrap(errs.Invalid, "file_cannot_be_marked", errors.New("nothing came out"))
	}
	return out.Bytes(), nil
}

// bounded keeps what is written up to a limit, and then refuses, or drops, the rest.
type bounded struct {
	bytes.Buffer
	limit int
	drop  bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) <= b.limit {
		return b.Buffer.Write(p)
	}
	if !b.drop {
		return 0, fmt.Errorf("more than %d bytes", b.limit)
	}
	b.Buffer.Write(p[:b.limit-b.Len()])
	return len(p), nil
}
