package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	embeddedconfig "chengqiao/config"
	"chengqiao/internal/duplicate"
	"chengqiao/internal/event"
	"chengqiao/internal/indexing"
	"chengqiao/internal/store"
)

// consumerDuplicates names the outbox consumer that compares listings.
const consumerDuplicates = "duplicates"

// loadDuplicateModel reads the model that ships with the program.
func loadDuplicateModel() (duplicate.Model, error) {
	raw, err := embeddedconfig.Files.ReadFile(duplicate.ModelFile)
	if err != nil {
		return duplicate.Model{}, err
	}
	return duplicate.ParseModel(raw)
}

// buildDuplicates makes the service of duplicates; the listing services must
// be there.
func (p *platform) buildDuplicates(rows *store.Duplicate) error {
	model, err := loadDuplicateModel()
	if err != nil {
		return fmt.Errorf("data that ships with the program: %w", err)
	}
	p.duplicates = duplicate.NewService(duplicate.Deps{
		Tx: p.db, Store: rows, Listings: indexing.NewDuplicates(p.achievements, p.packages, p.needs, rows),
		Journal: p.journal, History: p.journal, Clock: p.clock, Finder: duplicate.NewFinder(model), Log: p.log,
	})
	return nil
}

// compareListings looks for duplicates of the listings that events are about.
func (p *platform) compareListings(ctx context.Context, events []event.Event) error {
	return p.duplicates.LookAtTold(ctx, indexing.DuplicateRefs(events))
}

func duplicatesCommand(flags *settingFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "duplicates",
		Short:   "Find listings that repeat others",
		Example: "  chengqiao duplicates scan --data /var/lib/chengqiao",
		Args:    cobra.ArbitraryArgs,
		RunE:    choose,
	}
	cmd.AddCommand(duplicatesScanCommand(flags))
	return cmd
}

func duplicatesScanCommand(flags *settingFlags) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "scan",
		Short: "Compare every listing that changed since it was compared, or was compared by another model",
		Long: "A running server does the same piece by piece: this is for the first time, after a large import, and after\n" +
			"the model (config/duplicate.yaml) has changed. It may run beside a server.",
		Example: "  chengqiao duplicates scan --data /var/lib/chengqiao --json",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := flags.loadExisting()
			if err != nil {
				return err
			}
			p, err := openStores(cmd.Context(), cfg, newLogger(cfg.Log, cmd.ErrOrStderr()))
			if err != nil {
				return err
			}
			defer p.Close()
			start, bar := time.Now(), newProgressLine(cmd.ErrOrStderr())
			compared, err := p.duplicates.Scan(cmd.Context(), func(n int) { bar.show(int64(n), 0, fmt.Sprintf("%d listings", n)) })
			bar.end()
			if err != nil {
				return err
			}
			took := time.Since(start).Seconds()
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(map[string]any{"compared": compared, "seconds": took})
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d listings compared in %.1f s\n", compared, took)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the counts as JSON")
	return cmd
}
