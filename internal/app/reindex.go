package app

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"chengqiao/internal/errs"
)

// feedPage is how many events get their place in the feed at a time.
const feedPage = 5000

func reindexCommand(flags *settingFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "reindex",
		Short: "Build the search index anew from the store",
		Long: "Fills a new index and puts it in the place of the old one, which answers until then. With the embedded\n" +
			"engine the server must not be running: it has the index open. A shared one must not be in the making.",
		Example: "  chengqiao reindex --data /var/lib/chengqiao",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := openForCommand(cmd, flags)
			if err != nil {
				return err
			}
			defer p.Close()
			start, bar := time.Now(), newProgressLine(cmd.ErrOrStderr())
			done, err := p.index.rebuildAlone(cmd.Context(), func(n int) { bar.show(int64(n), 0, fmt.Sprintf("%d documents", n)) })
			bar.end()
			if err == nil && !done {
				err = errs.New(errs.Conflict, "rebuild_running")
			}
			if err != nil {
				return err
			}
			n, err := p.index.engine.Count(cmd.Context())
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d documents indexed in %.1f s\n", n, time.Since(start).Seconds())
			return nil
		},
	}
}

func reconcileCommand(flags *settingFlags) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "reconcile",
		Short: "Prove that the search index holds what the store holds, and mend differences",
		Long: "Compares count and checksum page by page. Exit code 3 when something differed and was mended.\n" +
			"With the embedded engine the server must not be running.",
		Example: "  chengqiao reconcile --data /var/lib/chengqiao --json",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := openForCommand(cmd, flags)
			if err != nil {
				return err
			}
			defer p.Close()
			if err := p.index.catchUp(cmd.Context()); err != nil {
				return err
			}
			found, err := p.index.search.Reconcile(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				if err := json.NewEncoder(cmd.OutOrStdout()).Encode(found); err != nil {
					return err
				}
			} else {
				fmt.Fprintf(cmd.OutOrStdout(), "%d compared: %d missing, %d changed, %d extra\n", found.Compared, found.Missing, found.Changed, found.Extra)
			}
			if !found.True() {
				return differs("%d documents differed and were mended", found.Missing+found.Changed+found.Extra)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return cmd
}

// openForCommand opens the platform with its indexes for a command that ends.
func openForCommand(cmd *cobra.Command, flags *settingFlags) (*platform, error) {
	cfg, err := flags.loadExisting()
	if err != nil {
		return nil, err
	}
	return openPlatform(cmd.Context(), cfg, newLogger(cfg.Log, cmd.ErrOrStderr()))
}
