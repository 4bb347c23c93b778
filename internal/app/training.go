package app

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	embeddedconfig "chengqiao/config"
	"chengqiao/internal/evaluate"
	"chengqiao/internal/match"
)

func matchCommand(flags *settingFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "match",
		Short:   "Teach the matching: what features weigh, which terms are common",
		Example: "  chengqiao match train --docs docs.jsonl.gz --queries queries.jsonl --qrels qrels.tsv --out model.yaml",
		Args:    cobra.ArbitraryArgs,
		RunE:    choose,
	}
	cmd.AddCommand(matchTrainCommand(flags), matchCommonCommand())
	return cmd
}

// trainingFiles are the flags of training: the sets, each by the same place in
// every list.
type trainingFiles struct {
	docs, queries, qrels, fields []string
	weights                      []float64
	// ledger tells that the judgements of the installation are one more set.
	ledger bool
}

func (f *trainingFiles) sets() ([]evaluate.Options, error) {
	n := len(f.docs)
	if n == 0 && !f.ledger || len(f.queries) != n || len(f.qrels) != n || len(f.fields) > 0 && len(f.fields) != n {
		return nil, usageError("--docs, --queries and --qrels (and --fields, if given) are needed as often as there are sets, or --from-ledger")
	}
	sets := documentSets(f.docs, f.fields)
	for i := range sets {
		sets[i].Queries, sets[i].Qrels = f.queries[i], f.qrels[i]
	}
	return sets, nil
}

// documentSets are files of documents, each with the fields at its place in the
// list, if there is one.
func documentSets(docs, fields []string) []evaluate.Options {
	sets := make([]evaluate.Options, len(docs))
	for i := range sets {
		sets[i].Docs = docs[i]
		if len(fields) > 0 && fields[i] != "" {
			sets[i].Fields = strings.Split(fields[i], ",")
		}
	}
	return sets
}

// name is what a set is called by in the model's file.
func (f *trainingFiles) name(set int) string {
	if set == len(f.queries) {
		return "ledger"
	}
	name, _, _ := strings.Cut(filepath.Base(f.queries[set]), ".")
	return name
}

func matchTrainCommand(flags *settingFlags) *cobra.Command {
	var files trainingFiles
	var folds foldFlags
	var out string
	cmd := &cobra.Command{
		Use:   "train [--docs F --queries F --qrels F] [--from-ledger]",
		Short: "Learn the weights of the ranking model from judged queries, or from what was said of its matches",
		Long: "Learns what the features of texts weigh, and measures it by cross-validation: each query with weights that\n" +
			"were learnt without it. Several sets are given by repeating the flags; each set counts the same, or as\n" +
			"--weights says. Everything else in the model stays as it ships. The same files and seed give the same weights.\n\n" +
			"--from-ledger takes as one more set what this installation knows of the pairs it has shown: found irrelevant\n" +
			"0, relevant 1, introduced 2, signed 3, with the features they were shown with. Each need is a query. It only\n" +
			"reads the database, and prints no name and no listing. Too few judgements are refused.",
		Example: "  chengqiao match train --docs d.jsonl.gz --queries q.jsonl --qrels q.qrels.tsv --folds 5\n" +
			"  chengqiao match train --docs zh.jsonl.gz --queries a.jsonl --qrels a.tsv --fields title,keywords,abstract \\\n" +
			"      --docs en.jsonl.gz --queries b.jsonl --qrels b.tsv --fields abstract --out config/match_model.yaml\n" +
			"  chengqiao match train --from-ledger --data /var/lib/chengqiao --out config/match_model.yaml",
		Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			sets, err := files.sets()
			if err != nil {
				return err
			}
			// Before what takes minutes.
			if info, err := os.Stat(filepath.Dir(out)); out != "" && (err != nil || !info.IsDir()) {
				return usageError("--out: there is no folder %s", filepath.Dir(out))
			}
			r, err := loadReference()
			if err != nil {
				return err
			}
			var ledger *evaluate.Ledger
			if files.ledger {
				if ledger, err = judgedHere(cmd.Context(), flags); err != nil {
					return err
				}
			}
			training, err := evaluate.Train(cmd.Context(), evaluate.TrainOptions{
				Sets: sets, Weights: files.weights, Ledger: ledger, Analyzer: r.analyzer, Model: r.model, Folds: folds.folds, Seed: folds.seed,
			})
			if err != nil {
				return unreadable(err)
			}
			if err := files.print(cmd.OutOrStdout(), training); err != nil || out == "" {
				return err
			}
			return files.write(out, training, folds)
		},
	}
	cmd.Flags().StringArrayVar(&files.docs, "docs", nil, "documents, JSON Lines or .gz")
	cmd.Flags().StringArrayVar(&files.queries, "queries", nil, "queries, JSON Lines")
	cmd.Flags().StringArrayVar(&files.qrels, "qrels", nil, "judgments, TREC qrels")
	cmd.Flags().StringArrayVar(&files.fields, "fields", nil, "fields that are indexed: title,abstract; all known ones when empty")
	cmd.Flags().Float64SliceVar(&files.weights, "weights", nil, "how much each set counts: 1,1,0.5; the same when empty")
	cmd.Flags().BoolVar(&files.ledger, "from-ledger", false, "learn from the judged pairs of this installation")
	cmd.Flags().StringVar(&out, "out", "", "write the model with the learnt weights and their evaluation to this file")
	folds.register(cmd, 5, "into how many parts the queries are cut")
	return cmd
}

func (f *trainingFiles) print(out io.Writer, t evaluate.Training) error {
	line := func(format string, args ...any) string { return fmt.Sprintf(format, args...) }
	var b strings.Builder
	b.WriteString("nDCG@10 / Recall@20 / MRR\n")
	for _, fold := range t.Folds {
		b.WriteString(line("%s part %d: trained %s, held out %s\n", f.name(fold.Set), fold.Fold+1, inShort(fold.Trained), inShort(fold.HeldOut)))
	}
	for i, held := range t.HeldOut {
		b.WriteString(line("%s: held out %s, the present model %s\n", f.name(i), inShort(held), inShort(t.Before[i])))
	}
	for _, feature := range match.TextFeatures() {
		b.WriteString(line("%-15s %.3f, alone %.3f\n", feature, t.Texts.Learnt[feature], t.Texts.Alone[feature]))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func inShort(f evaluate.Figures) string {
	return fmt.Sprintf("%.4f / %.4f / %.4f (%d)", f.NDCGAt10, f.RecallAt20, f.MRR, f.Queries)
}

// write writes the shipped model with what was learnt.
func (f *trainingFiles) write(path string, t evaluate.Training, folds foldFlags) error {
	raw, err := embeddedconfig.Files.ReadFile(match.ModelFile)
	if err != nil {
		return err
	}
	today := time.Now()
	e := match.Evaluation{Date: today.Format(time.DateOnly), Folds: folds.folds, Seed: folds.seed}
	for i, held := range t.HeldOut {
		e.Sets = append(e.Sets, match.EvaluationSet{
			Name: f.name(i), Queries: held.Queries,
			NDCGAt10: short(held.NDCGAt10), RecallAt20: short(held.RecallAt20), MRR: short(held.MRR),
		})
	}
	model, err := match.Retrained(raw, today.Format("2006.1.2"), t.Texts, e)
	if err != nil {
		return err
	}
	return os.WriteFile(path, model, 0o644)
}

// short leaves four digits of a figure.
func short(v float64) float64 {
	const digits = 10_000
	return float64(int(v*digits+0.5)) / digits
}
