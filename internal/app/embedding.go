package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"chengqiao/internal/clock"
	"chengqiao/internal/config"
	"chengqiao/internal/embedding"
	"chengqiao/internal/embedding/openai"
	"chengqiao/internal/event"
	"chengqiao/internal/indexing"
	"chengqiao/internal/kv"
	"chengqiao/internal/store"
)

// consumerEmbedding names the outbox consumer that notes whose texts changed.
const consumerEmbedding = "embedding"

// Who asks the embedding service. Where both do, each has half of the requests:
// the many listings of a first start must not leave searches without.
const (
	forListings = "listings"
	forSearches = "searches"
)

// embedderOptions are those of the client of the embedding service.
func embedderOptions(cfg config.Embedding) openai.Options {
	return openai.Options{
		URL: cfg.URL, Key: cfg.Key.Reveal(), Model: cfg.Model, Dimensions: cfg.Dimensions,
		Timeout: cfg.Timeout, Batch: cfg.Batch, Concurrency: cfg.MaxConcurrency,
	}
}

// openEmbedder makes the client for one of those who ask. The requests of all
// replicas are counted together.
func openEmbedder(cfg config.Embedding, who string, limiter kv.Limiter) *openai.Client {
	o, limit := embedderOptions(cfg), kv.Limit{Count: cfg.RequestsPerMinute, Period: time.Minute}
	if cfg.Search {
		limit.Count = max(limit.Count/2, 1)
	}
	if who == forListings {
		o.Concurrency = 1 // one piece of work at a time
	} else {
		o.Concurrency = max(o.Concurrency-1, 1)
	}
	o.Allow = func(ctx context.Context) (time.Duration, error) {
		decision, err := limiter.Allow(ctx, "embedding/"+who, limit)
		return decision.RetryAfter, err
	}
	return openai.New(o)
}

// embeddingModel names what makes vectors comparable.
func embeddingModel(cfg config.Embedding) string {
	return fmt.Sprintf("%s@%d", cfg.Model, cfg.Dimensions)
}

// newListings are the listings as the indexes see them.
func (p *platform) newListings() *indexing.Listings {
	l := indexing.NewListings(p.achievements, p.packages, p.needs, store.NewListings(p.db), indexOwners{p.accounts}, p.clock)
	// Real time, whatever the clock of the services says: it is about others' writing.
	l.KeepHeads(p.queue, p.committed.Rung, clock.System{})
	if cfg := p.cfg.Embedding; cfg.On() {
		l.Embed(indexing.Embedded{
			Directions: store.NewEmbedding(p.db), Model: embeddingModel(cfg), Members: cfg.Members, Letters: cfg.MaxCharacters,
		})
	}
	return l
}

// newKeeper makes the keeper of vectors over an embedder.
func (p *platform) newKeeper(listings *indexing.Listings, embedder embedding.Embedder) *embedding.Keeper {
	cfg := p.cfg.Embedding
	return embedding.NewKeeper(embedding.Deps{
		Embedder: embedder, Store: store.NewEmbedding(p.db), Texts: indexing.EmbeddingTexts{Listings: listings},
		Tx: p.db, Journal: p.journal, Clock: p.clock, Log: p.log,
		Model: embeddingModel(cfg), Sweep: fmt.Sprintf("%s members=%t letters=%d", embeddingModel(cfg), cfg.Members, cfg.MaxCharacters),
	})
}

// noteTexts makes the listings due that events are about.
func (i *indexes) noteTexts(ctx context.Context, events []event.Event) error {
	refs, err := i.listings.EmbeddingRefs(ctx, events)
	if err != nil {
		return err
	}
	return i.keeper.Note(ctx, refs)
}

const (
	embeddingLock = "embedding/work"
	// embeddingLockTime outlasts one piece of work with all its tries.
	embeddingLockTime = 5 * time.Minute
)

// keepEmbeddings does what there is to do about vectors, in one replica at a
// time. While the service is away it is all there still.
func (i *indexes) keepEmbeddings(ctx context.Context) (int, error) {
	done := 0
	for done < jobBatch {
		lock, ok, err := i.p.kv.TryLock(ctx, embeddingLock, embeddingLockTime)
		if err != nil || !ok {
			return done, err
		}
		n, err := i.keeper.Work(ctx)
		err = errors.Join(err, lock.Unlock(context.WithoutCancel(ctx)))
		if errors.Is(err, embedding.ErrUnavailable) {
			return done, nil // its guard has told
		}
		if err != nil || n == 0 {
			return done, err
		}
		done += n
	}
	waiting, err := i.keeper.Waiting(ctx)
	if err == nil && waiting > 0 {
		i.p.log.InfoContext(ctx, "listings wait for the embedding service", "listings", waiting)
	}
	return done, err
}

// checkEmbedding asks the service for one vector, and says how long it is and
// how long it took: a search waits for one.
func checkEmbedding(ctx context.Context, cfg config.Embedding, out io.Writer) error {
	start := time.Now()
	vectors, err := openai.New(embedderOptions(cfg)).Embed(ctx, []string{"成桥 Chengqiao"})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "  embedding: vectors of %d numbers, the first in %d ms\n", len(vectors[0]), time.Since(start).Milliseconds())
	return err
}

func embedCommand(flags *settingFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "embed",
		Short: "Ask the embedding service about every listing whose texts it has not told of",
		Long: "A running server does the same by itself; this shows how far it is, and looks at every listing again. What is\n" +
			"known already is not asked about again. It may run beside a server.",
		Example: "  chengqiao embed --config /etc/chengqiao.yaml",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := flags.loadExisting()
			if err != nil {
				return err
			}
			if !cfg.Embedding.On() {
				return usageError("no embedding service is configured: embedding.url is empty")
			}
			p, err := openStores(cmd.Context(), cfg, newLogger(cfg.Log, cmd.ErrOrStderr()))
			if err != nil {
				return err
			}
			defer p.Close()
			keeper := p.newKeeper(p.newListings(), openEmbedder(cfg.Embedding, forListings, p.kv))
			if err := keeper.Again(cmd.Context()); err != nil {
				return err
			}
			start, bar := time.Now(), newProgressLine(cmd.ErrOrStderr())
			most := 0
			for {
				n, err := keeper.Work(cmd.Context())
				if err != nil {
					bar.end()
					return err
				}
				waiting, err := keeper.Waiting(cmd.Context())
				if err != nil {
					return err
				}
				most = max(most, waiting)
				bar.show(int64(most-waiting), int64(most), fmt.Sprintf("%d of %d listings", most-waiting, most))
				if n == 0 {
					break
				}
			}
			bar.end()
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d listings looked at in %.1f s\n", most, time.Since(start).Seconds())
			return err
		},
	}
}
