package benchmark

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Options say what is measured and how.
type Options struct {
	// Data is the folder with the real listings and needs.
	Data string
	// Program is the built program.
	Program string
	// Meilisearch is the server's program; "" looks in PATH.
	Meilisearch string
	// Folder is a data folder with the listings in it, to be measured: some of its
	// results are suspended and resumed. "" makes one.
	Folder string
	// Listings and Needs are how many there are, and Calls how many searches are
	// timed.
	Listings, Needs, Calls int
	// Bare measures the engines as their makers give them too, and Shared the
	// program with Meilisearch behind it.
	Bare, Shared bool
}

const (
	// oneClient is somebody who waits; fourClients keep two cores busy.
	oneClient, fourClients = 1, 4
	mostClients            = fourClients
)

// The demo's people and organisations that own what is measured.
const (
	owner    = "天山绿洲农业研究院（演示）"
	head     = "head@demo.example" // of the owner
	buyer    = "金穗种业有限公司（演示）"
	engineer = "engineer@demo.example" // of the buyer
	// The other buyer asks in few words.
	otherBuyer = "昊阳储能科技有限公司（演示）"
	manager    = "manager.sunvolt@demo.example"
	password   = "chengqiao-demo-2026"
)

// measured is the program or a bare engine.
type measured struct {
	name           string
	one, four      Times
	browse         Times
	overHTTP, bare bool
}

// Run measures and writes a report. What it makes lies in a temporary folder
// that goes at the end.
func Run(ctx context.Context, o Options, out io.Writer) (err error) {
	work, err := os.MkdirTemp("", "chengqiao-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	b := &bench{Options: o, out: out, work: work}
	if b.questions, err = Questions(o.Data, o.Calls); err != nil {
		return err
	}
	if err := b.writeCorpora(); err != nil {
		return err
	}
	b.say("%d results, %d needs, %d searches (half Chinese), pages of %d with highlights", o.Listings, o.Needs, o.Calls, pageSize)
	steady, err := Steady(ctx, steadyFor)
	if err != nil {
		return err
	}
	b.say("the machine alone             %.0f %% of the time at less than half of its speed, %.0f ms at the longest", 100*steady.Slow, milliseconds(steady.Longest))
	if err := b.program(ctx, "ours, embedded", ""); err != nil {
		return err
	}
	if o.Bare {
		if err := b.bare(ctx, "bare Bleve", func() (bare, error) { return openBleve(b.listings) }); err != nil {
			return err
		}
		if err := b.bare(ctx, "bare Meilisearch", func() (bare, error) { return openMeilisearch(ctx, o.Meilisearch, b.listings) }); err != nil {
			return err
		}
	}
	if o.Shared {
		if err := b.shared(ctx); err != nil {
			return err
		}
	}
	b.ratios()
	return nil
}

type bench struct {
	Options
	out       io.Writer
	work      string
	questions []string
	results   []measured
}

func (b *bench) say(format string, values ...any) { fmt.Fprintf(b.out, format+"\n", values...) }

func (b *bench) corpus() string { return filepath.Join(b.work, "listings.jsonl") }

func (b *bench) needs() string { return filepath.Join(b.work, "needs.jsonl") }

func (b *bench) briefNeeds() string { return filepath.Join(b.work, "brief_needs.jsonl") }

// writeCorpora writes the files that are imported.
func (b *bench) writeCorpora() error {
	if b.Folder != "" {
		return nil
	}
	return errors.Join(writeLines(b.corpus(), b.listings),
		writeLines(b.needs(), func(take func(NeedRecord) error) error { return Needs(b.Data, b.Needs, take) }),
		writeLines(b.briefNeeds(), func(take func(NeedRecord) error) error {
			return Needs(b.Data, listed, func(r NeedRecord) error { return take(r.Brief()) })
		}))
}

// writeLines writes records as JSON Lines.
func writeLines[R any](path string, records func(take func(R) error) error) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	buffer := bufio.NewWriter(file)
	lines := json.NewEncoder(buffer)
	lines.SetEscapeHTML(false)
	if err := records(func(r R) error { return lines.Encode(r) }); err != nil {
		return err
	}
	return buffer.Flush()
}

func (b *bench) listings(take func(Record) error) error { return Corpus(b.Data, b.Listings, take) }

// bare measures an engine as its makers give it.
func (b *bench) bare(ctx context.Context, name string, open func() (bare, error)) (err error) {
	began := time.Now()
	engine, err := open()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer func() { err = errors.Join(err, engine.close()) }()
	b.say("\n%s: filled in %.1f s", name, time.Since(began).Seconds())
	return b.searches(ctx, measured{name: name, bare: true}, engine.ask)
}

// searches measures searching and browsing.
func (b *bench) searches(ctx context.Context, m measured, ask func(ctx context.Context, text string) error) (err error) {
	search := func(ctx context.Context, i int) error { return ask(ctx, b.questions[i%len(b.questions)]) }
	for _, part := range []struct {
		name    string
		into    *Times
		clients int
		calls   int
		call    func(ctx context.Context, i int) error
	}{
		{"search, new to it", new(Times), oneClient, b.Calls, search}, // nothing of it was read before
		{"search, 1 client", &m.one, oneClient, b.Calls, search},
		{"search, 4 clients", &m.four, fourClients, b.Calls, search},
		{"browse, 1 client", &m.browse, oneClient, max(b.Calls/10, 100), func(ctx context.Context, _ int) error { return ask(ctx, "") }},
	} {
		if *part.into, err = Load(ctx, part.clients, part.calls, part.call); err != nil {
			return fmt.Errorf("%s: %s: %w", m.name, part.name, err)
		}
		b.say("%-28s %-20s %s", m.name, part.name, *part.into)
	}
	b.results = append(b.results, m)
	return nil
}

// program imports the listings, starts the server and measures it at rest.
func (b *bench) program(ctx context.Context, name, meilisearch string, settings ...string) (err error) {
	dir := b.Folder
	if dir == "" {
		dir = filepath.Join(b.work, "program"+meilisearch)
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	p := newProgram(b.Program, dir, settings...)
	switch {
	case b.Folder == "":
		if err := b.fill(ctx, name, p); err != nil {
			return err
		}
	case meilisearch != "": // it is new, and knows nothing of the folder
		took, err := p.run(ctx, "reindex")
		if err != nil {
			return err
		}
		b.say("\n%s: indexed in %.1f s", name, took.Seconds())
	}
	took, err := p.serve(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	b.say("%s: ready %.1f s after its start", name, took.Seconds())
	if took, err = p.quiet(ctx); err != nil {
		return err
	}
	b.say("%s: at rest %.0f s later, when matching has caught up with the import", name, took.Seconds())
	for _, facets := range []struct {
		name    string
		counted []string
	}{
		{", all facets", nil},
		{", 4 facets", []string{"field", "region", "trl", "year"}}, // as many as the bare engines count
	} {
		ask := func(ctx context.Context, text string) error { return p.search(ctx, text, facets.counted) }
		if err := b.searches(ctx, measured{name: name + facets.name, overHTTP: true}, ask); err != nil {
			return err
		}
	}
	if err := b.people(ctx, name, p); err != nil {
		return err
	}
	used, err := peak(p.server.Process.Pid)
	b.say("%s: %d MiB at its peak", name, used)
	return err
}

// fill makes a data folder of the demo, the listings, and real needs.
func (b *bench) fill(ctx context.Context, name string, p *program) error {
	if _, err := p.run(ctx, "demo"); err != nil {
		return err
	}
	took, err := p.run(ctx, "import", "achievements", b.corpus(), "--owner", owner, "--source", "bench", "--publish", "--on-error", "skip", "--json")
	if err != nil {
		return err
	}
	b.say("\n%s: imported, published and indexed in %.1f s", name, took.Seconds())
	for _, needs := range []struct{ file, owner string }{{b.needs(), buyer}, {b.briefNeeds(), otherBuyer}} {
		if _, err := p.run(ctx, "import", "needs", needs.file, "--owner", needs.owner, "--source", "bench", "--publish", "--on-error", "skip", "--json"); err != nil {
			return err
		}
	}
	return nil
}

// people measures what else people wait for: suggestions while they type, searches by
// a description as long as counts, and matches.
func (b *bench) people(ctx context.Context, name string, p *program) error {
	typed := b.typed()
	suggested, err := Load(ctx, oneClient, len(typed), func(ctx context.Context, i int) error { return p.suggest(ctx, typed[i%len(typed)]) })
	if err != nil {
		return err
	}
	b.say("%-28s %-20s %s", name, "suggest, 1 client", suggested)
	var descriptions []string
	if err := Needs(b.Data, listed, func(r NeedRecord) error {
		descriptions = append(descriptions, r.Brief().Description)
		return nil
	}); err != nil {
		return err
	}
	described, err := Load(ctx, oneClient, len(descriptions), func(ctx context.Context, i int) error {
		return p.search(ctx, descriptions[i%len(descriptions)], nil)
	})
	if err != nil {
		return err
	}
	b.say("%-28s %-20s %s", name, "described, 1 client", described)
	return b.matches(ctx, name, p)
}

// typed are the questions as they are typed: each beginning of them.
func (b *bench) typed() []string {
	const most = 2_000
	var out []string
	for _, q := range b.questions {
		letters := []rune(q)
		for n := range letters {
			if out = append(out, string(letters[:n+1])); len(out) == most {
				return out
			}
		}
	}
	return out
}

// ratios tells how the program compares with the bare engines; theirs answer in
// process or without readers, cards and a store behind them, ours over HTTP with
// all of it.
func (b *bench) ratios() {
	b.say("\nratio to                                         searches/s, 4 clients    p99, 1 client    browsing p99")
	for _, ours := range b.results {
		for _, theirs := range b.results {
			if ours.overHTTP && theirs.bare {
				b.say("%-28s / %-18s %20.2f %16.2f %15.2f", ours.name, theirs.name, ours.four.PerSecond/theirs.four.PerSecond,
					ratio(ours.one.P99, theirs.one.P99), ratio(ours.browse.P99, theirs.browse.P99))
			}
		}
	}
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }
