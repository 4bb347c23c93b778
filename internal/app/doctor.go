package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"chengqiao/internal/clock"
	"chengqiao/internal/config"
	"chengqiao/internal/search/meili"
	"chengqiao/internal/store"
	"chengqiao/internal/telemetry"
	"chengqiao/internal/watermark"
)

// doctorPatience bounds each check.
const doctorPatience = 10 * time.Second

func doctorCommand(flags *settingFlags) *cobra.Command {
	return &cobra.Command{
		Use:     "doctor",
		Short:   "Check the configuration and every server it names",
		Long:    "Changes nothing. Exit code 1 when something does not hold. An embedded search index is not looked into: `reconcile` does that.",
		Example: "  chengqiao doctor --config /etc/chengqiao.yaml",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := flags.load(nil)
			if err != nil {
				return err
			}
			faults := 0
			for _, check := range doctorChecks(cfg, cmd) {
				ctx, cancel := context.WithTimeout(cmd.Context(), doctorPatience)
				err := check.run(ctx)
				cancel()
				if err != nil {
					faults++
					fmt.Fprintf(cmd.OutOrStdout(), "✗ %-22s %s\n", check.what, explain(err))
					continue
				}
				fmt.Fprintf(cmd.OutOrStdout(), "✓ %s\n", check.what)
			}
			if font, err := watermark.FindFont(cfg.Document.WatermarkFont); err == nil {
				writeFont(cmd.OutOrStdout(), font)
			}
			if faults > 0 {
				return fmt.Errorf("%d checks do not hold", faults)
			}
			return nil
		},
	}
}

// present refuses what is not there, and would be made by being opened.
func present(path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is not there; the first start makes it", path)
	}
	return nil
}

type doctorCheck struct {
	what string
	run  func(ctx context.Context) error
}

func doctorChecks(cfg config.Config, cmd *cobra.Command) []doctorCheck {
	log := newLogger(cfg.Log, cmd.ErrOrStderr())
	clk := clock.System{}
	checks := []doctorCheck{
		{"shipped data", func(context.Context) error { _, err := loadReference(); return err }},
		{"database " + cfg.Database.Driver, func(ctx context.Context) error {
			if cfg.Database.Driver == "sqlite" {
				if err := present(cfg.Database.DSN.Reveal()); err != nil {
					return err
				}
			}
			db, err := openDatabase(ctx, cfg, false)
			if err != nil {
				return err
			}
			defer db.Close()
			return store.CheckSchema(ctx, db)
		}},
		{"kv " + cfg.KV.Backend, func(ctx context.Context) error {
			backend, err := openKV(cfg.KV, log, clk)
			if err != nil {
				return err
			}
			defer backend.Close()
			return backend.Ping(ctx)
		}},
		{"files " + cfg.Blob.Backend, func(ctx context.Context) error {
			folder := cfg.DataDir // uploads are received there
			if cfg.Blob.Backend == "folder" {
				folder = cfg.Blob.Dir
			}
			if err := present(folder); err != nil {
				return err
			}
			blobs, err := openBlobs(cfg)
			if err != nil {
				return err
			}
			return blobs.Check(ctx)
		}},
		{"watermark font", func(context.Context) error {
			_, err := watermark.FindFont(cfg.Document.WatermarkFont)
			return err
		}},
		{"mail " + cfg.Mail.Backend, func(ctx context.Context) error {
			if cfg.Mail.Backend == "folder" {
				if err := present(cfg.Mail.Dir); err != nil {
					return err
				}
			}
			sender, err := openMail(cfg.Mail, log, clk)
			if err != nil {
				return err
			}
			return sender.Check(ctx)
		}},
	}
	if cfg.Database.Driver == "postgres" && cfg.Database.MigrateDSN != cfg.Database.DSN {
		checks = append(checks, doctorCheck{"database.migrate_dsn", func(ctx context.Context) error {
			db, err := openDatabase(ctx, cfg, true)
			if err != nil {
				return err
			}
			return db.Close()
		}})
	}
	if cfg.Search.Engine == "meilisearch" {
		checks = append(checks, doctorCheck{"search meilisearch", func(ctx context.Context) error {
			return meili.Check(ctx, meiliOptions(cfg.Search))
		}})
	}
	if cfg.Embedding.On() {
		checks = append(checks, doctorCheck{"embedding " + cfg.Embedding.Model, func(ctx context.Context) error {
			return checkEmbedding(ctx, cfg.Embedding, cmd.OutOrStdout())
		}})
	}
	if endpoint := cfg.Tracing.Endpoint; endpoint != "" {
		checks = append(checks, doctorCheck{"tracing", func(ctx context.Context) error {
			return telemetry.CheckTracing(ctx, endpoint)
		}})
	}
	return checks
}
