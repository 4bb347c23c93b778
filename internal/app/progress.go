package app

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// progressLine shows how far long work is: a line that is written over on a
// terminal, plain lines now and then elsewhere.
type progressLine struct {
	out      io.Writer
	terminal bool
	last     time.Time
	shown    bool
}

const (
	terminalEvery = 100 * time.Millisecond
	plainEvery    = 10 * time.Second
	barWidth      = 30
)

func newProgressLine(out io.Writer) *progressLine {
	l := &progressLine{out: out, last: time.Now()}
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			l.terminal = info.Mode()&os.ModeCharDevice != 0
		}
	}
	return l
}

// show says how much of the total is done; total 0 is unknown.
func (l *progressLine) show(done, total int64, what string) {
	every := plainEvery
	if l.terminal {
		every = terminalEvery
	}
	if time.Since(l.last) < every {
		return
	}
	l.last = time.Now()
	share := ""
	if total > 0 {
		full := int(min(done, total) * barWidth / total)
		share = fmt.Sprintf("%3d %% ", min(done, total)*100/total)
		if l.terminal {
			share = "[" + strings.Repeat("=", full) + strings.Repeat(" ", barWidth-full) + "] " + share
		}
	}
	if l.terminal {
		fmt.Fprintf(l.out, "\r\x1b[K%s%s", share, what)
		l.shown = true
		return
	}
	fmt.Fprintf(l.out, "%s%s\n", share, what)
}

// end leaves the terminal's line clean.
func (l *progressLine) end() {
	if l.shown {
		fmt.Fprint(l.out, "\r\x1b[K")
	}
}
