// Command bench measures the built program over HTTP beside the bare engines, on
// the same listings and questions, and prints the ratios: a tool of engineers,
// apart from the program.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"chengqiao/internal/benchmark"
)

func main() {
	var o benchmark.Options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&o.Data, "data", os.Getenv("CHENGQIAO_DATA"), "folder with achievements_*.jsonl.gz and needs_en.jsonl.gz")
	flags.StringVar(&o.Program, "program", "bin/chengqiao", "the built program")
	flags.StringVar(&o.Meilisearch, "meilisearch", os.Getenv("CHENGQIAO_TEST_MEILISEARCH_BIN"), "Meilisearch's program; empty looks in PATH")
	flags.StringVar(&o.Folder, "folder", "", "measure the server on this data folder, in which some results are suspended and resumed; empty makes one and fills it")
	flags.IntVar(&o.Listings, "listings", 100_000, "how many listings there are")
	flags.IntVar(&o.Needs, "needs", 4_000, "how many needs there are")
	flags.IntVar(&o.Calls, "calls", 5_000, "how many searches are timed")
	flags.BoolVar(&o.Bare, "bare", true, "measure bare Bleve and bare Meilisearch beside")
	flags.BoolVar(&o.Shared, "shared", true, "measure the program with Meilisearch behind it too")
	if err := flags.Parse(os.Args[1:]); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := benchmark.Run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
