package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"chengqiao/internal/errs"
	"chengqiao/internal/evaluate"
	"chengqiao/internal/search/embedded"
)

func evalCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "eval",
		Short: "Measure search and matching against judged queries, and the finder of duplicates",
		Long: "Prints nDCG@10 (gain 2^grade − 1), Recall@20, MRR over the whole ranking, and queries per second.\n" +
			"Needs no running server and leaves nothing behind. Formats: docs are JSON Lines (.gz), queries JSON Lines\n" +
			"with `qid`, `query` and perhaps `exclude`, qrels the text of TREC.",
		Example: "  chengqiao eval search --docs d.jsonl.gz --queries q.jsonl --qrels q.qrels.tsv --engine meilisearch\n" +
			"  chengqiao eval match --docs d.jsonl.gz --queries q.jsonl --qrels q.qrels.tsv --json",
		Args: cobra.ArbitraryArgs,
		RunE: choose,
	}
	cmd.AddCommand(evalSearchCommand(), evalMatchCommand(), evalDuplicatesCommand())
	return cmd
}

// judgedFiles are the flags that both evaluations take.
type judgedFiles struct {
	docs, queries, qrels, fields, around string
	judgedOnly, json, plain              bool
}

func (f *judgedFiles) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.docs, "docs", "", "documents, JSON Lines or .gz")
	cmd.Flags().StringVar(&f.queries, "queries", "", "queries, JSON Lines")
	cmd.Flags().StringVar(&f.around, "around", "", "ask each query in each of these texts, JSON Lines with {query} in them")
	cmd.Flags().StringVar(&f.qrels, "qrels", "", "judgments, TREC qrels")
	cmd.Flags().StringVar(&f.fields, "fields", "", "index these fields alone: title,abstract; all known ones when empty")
	cmd.Flags().BoolVar(&f.judgedOnly, "judged-only", false, "rank only the documents judged for a query")
	cmd.Flags().BoolVar(&f.plain, "plain", false, "measure plain BM25 beside, on the same documents and queries")
	cmd.Flags().BoolVar(&f.json, "json", false, "print the figures as JSON")
}

func (f *judgedFiles) options() (evaluate.Options, error) {
	for name, value := range map[string]string{"docs": f.docs, "queries": f.queries, "qrels": f.qrels} {
		if value == "" {
			return evaluate.Options{}, usageError("--%s is needed", name)
		}
	}
	o := evaluate.Options{Docs: f.docs, Queries: f.queries, Qrels: f.qrels, Around: f.around, JudgedOnly: f.judgedOnly}
	if f.fields != "" {
		o.Fields = strings.Split(f.fields, ",")
	}
	return o, nil
}

func (f *judgedFiles) print(out io.Writer, figures evaluate.Figures) error {
	if f.json {
		return json.NewEncoder(out).Encode(figures)
	}
	_, err := fmt.Fprintf(out, "nDCG@10    %.4f\nRecall@20  %.4f\nMRR        %.4f\nqueries    %d\n",
		figures.NDCGAt10, figures.RecallAt20, figures.MRR, figures.Queries)
	if err != nil || figures.QueriesPerSecond == 0 { // held-out figures are not timed
		return err
	}
	_, err = fmt.Fprintf(out, "queries/s  %.1f\n", figures.QueriesPerSecond)
	return err
}

func evalSearchCommand() *cobra.Command {
	var files judgedFiles
	var folds foldFlags
	var engine, url string
	var words, asked bool
	cmd := &cobra.Command{
		Use:   "search --docs F --queries F --qrels F",
		Short: "Evaluate the search of an engine in an index of its own",
		Long: "A text that describes something finds what matching knows it to describe before what has its words, as in the\n" +
			"search of a market; --words leaves that out. With --engine meilisearch a server is started from PATH (or\n" +
			"CHENGQIAO_MEILISEARCH_BIN), unless --url names a running one, whose key is read from CHENGQIAO_SEARCH__KEY. The\n" +
			"index is removed afterwards. With --folds the embedded search learns, by words alone, what being about a thing weighs\n" +
			"against mentioning it: the queries are cut into parts, each part is ranked by weights that were learnt from the\n" +
			"others, and those learnt from all are printed.",
		Example: "  chengqiao eval search --docs achievements_zh.jsonl.gz --queries q.jsonl --qrels q.qrels.tsv --fields title,abstract\n" +
			"  chengqiao eval search --docs achievements_zh.jsonl.gz --queries q.jsonl --qrels q.qrels.tsv --folds 5",
		Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := files.options()
			if err != nil {
				return err
			}
			r, err := loadReference()
			if err != nil {
				return err
			}
			options := evaluate.SearchOptions{
				Options: o, Engine: engine, Analyzer: r.analyzer, MeilisearchURL: url,
				MeilisearchKey: os.Getenv("CHENGQIAO_SEARCH__KEY"), MeilisearchBinary: os.Getenv("CHENGQIAO_MEILISEARCH_BIN"),
			}
			if !words {
				options.Model = &r.model
			}
			if options.Asked = asked; folds.folds == 0 {
				return files.run(cmd, func(ctx context.Context) (evaluate.Figures, error) { return evaluate.Search(ctx, options) })
			}
			var weights embedded.Weights
			err = files.run(cmd, func(ctx context.Context) (evaluate.Figures, error) {
				t, err := evaluate.TrainSearch(ctx, evaluate.SearchFoldOptions{SearchOptions: options, Folds: folds.folds, Seed: folds.seed})
				weights = t.Weights
				return t.HeldOut, err
			})
			if err == nil && !files.json {
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "learnt     %+v\n", weights)
			}
			return err
		},
	}
	files.register(cmd)
	folds.register(cmd, 0, "measure held-out figures over so many parts of the queries; 0 measures the shipped weights")
	cmd.Flags().StringVar(&engine, "engine", evaluate.Embedded, "embedded or meilisearch")
	cmd.Flags().StringVar(&url, "url", "", "address of a running Meilisearch")
	cmd.Flags().BoolVar(&words, "words", false, "search by words alone, without what matching knows a text to describe")
	cmd.Flags().BoolVar(&asked, "asked", false, "ask as a person does, who first requires all words of a short text; any may answer without it")
	return cmd
}

// run evaluates and prints; files that cannot be read are wrong usage.
func (f *judgedFiles) run(cmd *cobra.Command, measure func(ctx context.Context) (evaluate.Figures, error)) error {
	figures, err := measure(cmd.Context())
	if err != nil {
		return unreadable(err)
	}
	if !f.plain {
		return f.print(cmd.OutOrStdout(), figures)
	}
	o, err := f.options()
	if err != nil {
		return err
	}
	plain, err := evaluate.Plain(cmd.Context(), o)
	if err != nil {
		return err
	}
	return f.printBeside(cmd.OutOrStdout(), figures, plain)
}

// unreadable makes wrong usage of an error of files that cannot be read; others
// stay as they are.
func unreadable(err error) error {
	var input *evaluate.InputError
	if kind := errs.KindOf(err); kind == errs.Malformed || kind == errs.Invalid || errors.As(err, &input) {
		return &exitError{exitUsage, errors.New(explain(err))}
	}
	return err
}

// printBeside prints the figures with those of the plain engine.
func (f *judgedFiles) printBeside(out io.Writer, figures, plain evaluate.Figures) error {
	if f.json {
		return json.NewEncoder(out).Encode(map[string]evaluate.Figures{"measured": figures, "plain": plain})
	}
	if err := f.print(out, figures); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "plain BM25 %.4f / %.4f / %.4f\n", plain.NDCGAt10, plain.RecallAt20, plain.MRR)
	return err
}

// foldFlags say how what was learnt is measured on other queries.
type foldFlags struct {
	folds int
	seed  int64
}

func (f *foldFlags) register(cmd *cobra.Command, folds int, usage string) {
	cmd.Flags().IntVar(&f.folds, "folds", folds, usage)
	cmd.Flags().Int64Var(&f.seed, "seed", 1, "draws which query is in which part")
}

func evalMatchCommand() *cobra.Command {
	var files judgedFiles
	var folds foldFlags
	var learn string
	cmd := &cobra.Command{
		Use:   "match --docs F --queries F --qrels F",
		Short: "Evaluate the matching: queries are needs, documents are results",
		Long: "Measures the model that ships with the program. With --folds it measures held-out figures: the queries are cut\n" +
			"into parts, and each part is ranked by weights that were learnt from the others. With --learn the index learns\n" +
			"from further fields, those in another language, of documents that answer no query of the part.",
		Example: "  chengqiao eval match --docs achievements_zh.jsonl.gz --queries q.jsonl --qrels q.qrels.tsv --folds 5\n" +
			"  chengqiao eval match --docs achievements_zh.jsonl.gz --queries en.jsonl --qrels en.qrels.tsv \\\n" +
			"      --fields title,keywords,abstract --learn title_en,abstract_en --folds 5",
		Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := files.options()
			if err != nil {
				return err
			}
			r, err := loadReference()
			if err != nil {
				return err
			}
			return files.run(cmd, func(ctx context.Context) (evaluate.Figures, error) {
				options := evaluate.MatchOptions{Options: o, Analyzer: r.analyzer, Model: r.model}
				if folds.folds == 0 && learn == "" {
					return evaluate.Match(ctx, options)
				}
				held := evaluate.FoldOptions{MatchOptions: options, Folds: folds.folds, Seed: folds.seed}
				if learn != "" {
					held.Learn = strings.Split(learn, ",")
				}
				figures, _, err := evaluate.MatchHeldOut(ctx, held)
				return figures, err
			})
		},
	}
	files.register(cmd)
	folds.register(cmd, 0, "measure held-out figures over so many parts of the queries; 0 measures the model as it is")
	cmd.Flags().StringVar(&learn, "learn", "", "fields that are learnt from and not indexed: title_en,abstract_en; needs --folds")
	return cmd
}
