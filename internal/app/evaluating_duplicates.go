package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"chengqiao/internal/evaluate"
)

func evalDuplicatesCommand() *cobra.Command {
	o := evaluate.DuplicateOptions{}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "duplicates --docs F",
		Short: "Evaluate the finder of duplicates on altered records",
		Long: "Alters records of the file as people do who enter a thing again (typos, other width, cut short …), and into\n" +
			"things that only look the same (another subject, other values, the next part of a series), and looks for\n" +
			"all of them in the file. Needs no judgments; the same seed gives the same figures.",
		Example: "  chengqiao eval duplicates --docs achievements_zh.jsonl.gz --json",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.Docs == "" {
				return usageError("--docs is needed")
			}
			var err error
			if o.Model, err = loadDuplicateModel(); err != nil {
				return err
			}
			figures, err := evaluate.Duplicates(cmd.Context(), o)
			var input *evaluate.InputError
			if errors.As(err, &input) {
				return &exitError{exitUsage, err}
			}
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(figures)
			}
			return printDuplicateFigures(cmd, figures)
		},
	}
	cmd.Flags().StringVar(&o.Docs, "docs", "", "records, JSON Lines or .gz")
	cmd.Flags().IntVar(&o.Each, "each", 300, "alter so many records in each way")
	cmd.Flags().Uint64Var(&o.Seed, "seed", 1, "source of chance")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the figures as JSON")
	return cmd
}

func printDuplicateFigures(cmd *cobra.Command, f evaluate.DuplicateFigures) error {
	out := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
	fmt.Fprintf(out, "precision\t%.4f\nrecall\t%.4f\nrecords\t%d\naltered\t%d\nrecords/s\t%.0f\n\n",
		f.Precision, f.Recall, f.Records, f.Altered, f.RecordsPerSecond)
	fmt.Fprintln(out, "alteration\tsame\tof\tsuspected\tstrangers")
	for _, k := range f.Kinds {
		fmt.Fprintf(out, "%s\t%t\t%d\t%d\t%d\n", k.Name, k.Same, k.Of, k.Suspected, k.Strangers)
	}
	return out.Flush()
}
