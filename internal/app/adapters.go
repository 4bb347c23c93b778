package app

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"

	"chengqiao/internal/blob"
	"chengqiao/internal/clock"
	"chengqiao/internal/config"
	"chengqiao/internal/kv"
	"chengqiao/internal/kv/memory"
	"chengqiao/internal/kv/redis"
	"chengqiao/internal/mail"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/search/embedded"
	"chengqiao/internal/search/meili"
	"chengqiao/internal/sqldb"
)

// The adapters are chosen by configuration here and nowhere else.

func openDatabase(ctx context.Context, cfg config.Config, migrating bool) (*sqldb.DB, error) {
	dsn := cfg.Database.DSN.Reveal()
	if migrating {
		dsn = cfg.Database.MigrateDSN.Reveal()
	}
	db, err := sqldb.Open(ctx, sqldb.Config{
		Driver: sqldb.Driver(cfg.Database.Driver), DSN: dsn, MaxConns: cfg.Database.MaxConnections,
	})
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	return db, nil
}

func openKV(cfg config.KV, log *slog.Logger, clk clock.Clock) (kv.Backend, error) {
	if cfg.Backend == "redis" {
		redis.LogTo(log)
		backend, err := redis.Open(cfg.URL.Reveal(), log)
		if err != nil {
			return nil, fmt.Errorf("kv: %w", err)
		}
		return backend, nil
	}
	return memory.Open(clk), nil
}

func openBlobs(cfg config.Config) (*blob.Store, error) {
	var bucket blob.Bucket
	var err error
	if cfg.Blob.Backend == "s3" {
		bucket, err = blob.OpenS3(blob.S3Options{
			Endpoint: cfg.Blob.Endpoint, Region: cfg.Blob.Region, Bucket: cfg.Blob.Bucket, Prefix: cfg.Blob.Prefix,
			AccessKey: cfg.Blob.AccessKey, SecretKey: cfg.Blob.SecretKey.Reveal(), PathStyle: cfg.Blob.PathStyle,
		})
	} else {
		bucket, err = blob.OpenFolder(cfg.Blob.Dir)
	}
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return blob.NewStore(bucket, uploadsPath(cfg))
}

// uploadsPath is the folder for uploads on their way.
func uploadsPath(cfg config.Config) string { return filepath.Join(cfg.DataDir, "uploads") }

func openMail(cfg config.Mail, log *slog.Logger, clk clock.Clock) (mail.Sender, error) {
	var sender mail.Sender
	var err error
	if cfg.Backend == "smtp" {
		sender, err = mail.NewSMTP(mail.SMTPOptions{
			Host: cfg.Host, Port: cfg.Port, Security: mail.Security(cfg.Security),
			Username: cfg.Username, Password: cfg.Password.Reveal(), Timeout: cfg.Timeout,
		}, cfg.From, clk)
	} else {
		sender, err = mail.OpenFolder(cfg.Dir, cfg.From, clk, log)
	}
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return sender, nil
}

func openSearch(ctx context.Context, cfg config.Search, analyzer *analysis.Analyzer) (search.Engine, error) {
	var engine search.Engine
	var err error
	if cfg.Engine == "meilisearch" {
		engine, err = meili.Open(ctx, meiliOptions(cfg), analyzer)
	} else {
		engine, err = embedded.Open(ctx, cfg.Dir, analyzer)
	}
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return engine, nil
}

func meiliOptions(cfg config.Search) meili.Options {
	return meili.Options{URL: cfg.URL, Key: cfg.Key.Reveal(), Index: cfg.IndexPrefix + "listings"}
}
