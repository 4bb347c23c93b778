package app

import (
	"bytes"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"chengqiao/internal/evaluate"
	"chengqiao/internal/search/analysis"
)

func matchCommonCommand() *cobra.Command {
	var docs, fields []string
	var out string
	cmd := &cobra.Command{
		Use:   "common --docs F --out F",
		Short: "Learn which terms are common in texts of every subject",
		Long: "Counts in how many texts of a language each term stands, and writes those of ten in a thousand or more. A\n" +
			"young market, which has too few texts to know, takes them for common. Several files are given by repeating\n" +
			"the flags, and count the same. The same files give the same terms; a rebuild of the program takes them in.",
		Example: "  chengqiao match common --docs zh.jsonl.gz --fields title,keywords,abstract \\\n" +
			"      --docs en.jsonl.gz --fields title,abstract --out config/common_terms.tsv",
		Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(docs) == 0 || out == "" || len(fields) > 0 && len(fields) != len(docs) {
				return usageError("--docs (and --fields, if given, as often) and --out are needed")
			}
			r, err := loadReference()
			if err != nil {
				return err
			}
			terms, err := evaluate.Common(cmd.Context(), evaluate.CommonOptions{Analyzer: r.analyzer, Sets: documentSets(docs, fields)})
			if err != nil {
				return unreadable(err)
			}
			if err := writeCommon(out, terms); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d terms\n", len(terms))
			return err
		},
	}
	cmd.Flags().StringArrayVar(&docs, "docs", nil, "documents, JSON Lines or .gz")
	cmd.Flags().StringArrayVar(&fields, "fields", nil, "fields that are read: title,abstract; all known ones when empty")
	cmd.Flags().StringVar(&out, "out", "", "write the terms to this file")
	return cmd
}

func writeCommon(path string, terms analysis.Common) error {
	b := bytes.NewBufferString("# Terms that texts of every subject use, as search cuts and stems them, and how many of a thousand texts\n" +
		"# of their language do. Written by `chengqiao match common`; docs/matching.md and docs/search.md tell what for.\n")
	if err := terms.Write(b); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}
