package app

import (
	"fmt"

	"github.com/spf13/cobra"

	"chengqiao/internal/reward"
)

func rewardCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "reward", Short: "Compute rewards outside of the database",
		Example: "  chengqiao reward compute --file cases.json",
		Args:    cobra.ArbitraryArgs, RunE: choose,
	}
	var file string
	compute := &cobra.Command{
		Use:   "compute --file CASES.json",
		Short: "Compute worked cases of rewards, equity, royalties and plans",
		Long: "Reads cases in the sections `rewards`, `equity`, `royalty` and `plans` and writes the same JSON\n" +
			"to standard output with `result` beside `expected` in each case. Amounts are integer fen.\n" +
			"Exit code 3 when a result differs from what its case expects; the differences are listed on\n" +
			"standard error.",
		Example: "  chengqiao reward compute --file cases.json > computed.json",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			in := cmd.InOrStdin()
			if file == "" {
				return usageError("--file is needed; - reads standard input")
			}
			if file != "-" {
				f, err := openFile(file)
				if err != nil {
					return err
				}
				defer f.Close()
				in = f
			}
			summary, err := reward.ComputeCases(in, cmd.OutOrStdout())
			if err != nil {
				return err
			}
			for _, m := range summary.Mismatches {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s %q differs in %v\n", m.Path, m.Name, m.Fields)
			}
			if n := len(summary.Mismatches); n > 0 {
				return differs("%d of %d cases differ", n, summary.Cases)
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%d cases hold\n", summary.Cases)
			return nil
		},
	}
	compute.Flags().StringVarP(&file, "file", "f", "", "the cases; - for standard input")
	cmd.AddCommand(compute)
	return cmd
}
