package app

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"chengqiao/internal/config"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/indexing"
	"chengqiao/internal/notify"
	"chengqiao/internal/outbox"
	"chengqiao/internal/savedsearch"
	"chengqiao/internal/store"
	"chengqiao/internal/token"
	"chengqiao/internal/webhook"
)

// The outbox consumers. Their names stand in stored deliveries: a renamed one
// leaves its deliveries behind.
const (
	consumerNotices  = "notices"
	consumerLetters  = "letters"
	consumerAsked    = "letters asked for"
	consumerLive     = "live"
	consumerRewards  = "rewards"
	consumerSearch   = "search"
	consumerImports  = "imports"
	consumerTokens   = "tokens"
	consumerFanOut   = "webhooks"
	consumerFresh    = "saved searches"
	consumerDigests  = "digests"
	consumerOutcomes = "match outcomes"
	// consumerWebhooks claims from a queue of its own.
	consumerWebhooks = "webhook deliveries"
)

// rewardEvents are those after which rewards are due.
var rewardEvents = []event.Name{event.ReceiptRecorded, event.RefundRecorded, event.PlanEffective}

// subscriptions say which events each consumer is told of. Search is a
// consumer only where all replicas share an index; one inside each replica
// follows the feed.
func subscriptions(cfg config.Config) store.Subscriptions {
	s := store.Subscriptions{
		consumerNotices:    notify.Notifies,
		consumerLetters:    notify.WritesLetters,
		consumerAsked:      event.Named(event.MailRequested),
		consumerLive:       notify.IsLive,
		consumerRewards:    event.Named(rewardEvents...),
		consumerImports:    event.Named(event.ImportConfirmed),
		consumerTokens:     event.Named(token.Events()...),
		consumerFanOut:     event.Named(webhook.Events()...),
		consumerFresh:      event.Named(savedsearch.Events()...),
		consumerDigests:    event.Named(savedsearch.TellEvents()...),
		consumerOutcomes:   event.Named(outcomeEvents...),
		consumerDuplicates: event.Named(indexing.DuplicateEvents...),
	}
	if cfg.Search.Engine == "meilisearch" {
		s[consumerSearch] = event.Named(indexing.Events...)
	}
	if cfg.Embedding.On() {
		s[consumerEmbedding] = event.Named(indexing.EmbeddingEvents...)
	}
	return s
}

// background runs what works beside the requests until ctx ends: outbox
// workers, the feed's dispatcher and followers, and the daily jobs. It returns
// when all of it has ended.
func (p *platform) background(ctx context.Context) {
	var group sync.WaitGroup
	settings := p.outboxSettings()
	for _, c := range p.consumers() {
		worker := outbox.NewWorker(p.queue, p.watchedConsumer(c), p.clock, &p.committed, settings, p.log)
		group.Go(func() { worker.Run(ctx) })
	}
	// An address that is slow holds up a few of these, not the others' messages.
	sending := p.watchedConsumer(outbox.Consumer{Name: consumerWebhooks, Handle: p.webhooks.Deliver, Parallel: webhookSenders})
	webhooks := outbox.NewWorker(p.messages, sending,
		p.clock, &p.committed, webhookBackoff(settings), p.log)
	group.Go(func() { webhooks.Run(ctx) })
	dispatcher := outbox.NewDispatcher(p.queue, &p.committed, &p.dispatched, p.cfg.Outbox.Poll, p.log)
	group.Go(func() { dispatcher.Run(ctx) })
	group.Go(func() { p.index.follow(ctx) })
	if p.index.keeper != nil {
		group.Go(func() { p.repeat(ctx, job{"keep where texts lie", time.Second, p.index.keepEmbeddings}) })
	} else if err := store.NewEmbedding(p.db).ForgetSweeps(ctx); err != nil {
		// What changes while no service is used is noted by nobody.
		p.log.LogAttrs(ctx, slog.LevelError, "embeddings could not be marked as incomplete", slog.String("error", err.Error()))
	}
	for _, j := range p.jobs() {
		group.Go(func() { p.repeat(ctx, j) })
	}
	group.Wait()
}

func (p *platform) outboxSettings() outbox.Settings {
	return outbox.Settings{Lease: p.cfg.Outbox.Lease, Poll: p.cfg.Outbox.Poll, MaxAttempts: int64(p.cfg.Outbox.MaxAttempts)}
}

func (p *platform) consumers() []outbox.Consumer {
	parallel := p.cfg.Outbox.Workers
	list := []outbox.Consumer{
		{Name: consumerNotices, Handle: p.notices.Notify, Parallel: parallel},
		{Name: consumerLetters, Handle: p.notices.Mail, Parallel: parallel},
		// Somebody waits for these: no other letters stand before them.
		{Name: consumerAsked, Handle: p.notices.Mail, Parallel: parallel},
		{Name: consumerLive, Handle: p.live.Publish, Batch: 20},
		{Name: consumerRewards, Handle: p.computeRewards},
		{Name: consumerImports, Handle: p.commitImports},
		{Name: consumerDuplicates, Handle: p.compareListings, Batch: 100},
		{Name: consumerTokens, Handle: p.tokens.MembersChanged, Batch: 20},
		{Name: consumerFanOut, Handle: p.webhooks.FanOut, Batch: 50},
		{Name: consumerFresh, Handle: p.searches.Note, Batch: 200},
		{Name: consumerDigests, Handle: p.searches.Tell, Parallel: parallel},
		{Name: consumerOutcomes, Handle: matchOutcomes{p.index.matches, store.NewDeal(p.db), store.NewContract(p.db)}.handle, Batch: 20},
	}
	if p.index.shared {
		list = append(list, p.index.consumer())
	}
	if p.index.keeper != nil {
		list = append(list, outbox.Consumer{Name: consumerEmbedding, Handle: p.index.noteTexts, Batch: 100})
	}
	return list
}

// computeRewards computes what is due of the contracts that events are about.
func (p *platform) computeRewards(ctx context.Context, events []event.Event) error {
	var contracts []string
	for _, e := range events {
		id := e.Subject
		if named, ok := e.Data["contract_id"].(string); ok {
			id = named
		}
		contracts = append(contracts, id)
	}
	slices.Sort(contracts)
	for _, id := range slices.Compact(contracts) {
		if err := p.rewards.ComputeDue(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// job is work that comes back by the clock. Every replica runs it; each piece
// of its work is one transaction by row version, so that two at once do it once.
type job struct {
	name  string
	every time.Duration
	run   func(ctx context.Context) (int, error)
}

const (
	// webhookSenders is how many messages are on their way at once, webhooksEach
	// how many of them to one address.
	webhookSenders = 8
	webhooksEach   = 2
	// jobBatch bounds one turn of a job.
	jobBatch = 200
	// eventsKept is how long events that everybody was told of stay: for
	// replicas that come back with an index of last month.
	eventsKept = 30 * 24 * time.Hour
	// answersKept is how long a repeated request gets its first answer.
	answersKept = 48 * time.Hour
)

func (p *platform) jobs() []job {
	return append(p.retention(), []job{
		{"lapse introductions", time.Minute, func(ctx context.Context) (int, error) {
			return p.deals.LapseDue(ctx, p.clock.Now(), jobBatch)
		}},
		{"tell daily and weekly alerts", time.Minute, func(ctx context.Context) (int, error) {
			return p.searches.TellDue(ctx, jobBatch)
		}},
		// So often that a letter is late by a fraction of what it waits.
		{"gather unread messages", min(15*time.Second, p.cfg.Notice.MessagesQuiet/3), func(ctx context.Context) (int, error) {
			return p.notices.GatherDue(ctx, jobBatch)
		}},
		{"forget the log of webhooks", time.Hour, func(ctx context.Context) (int, error) {
			return p.webhooks.Prune(ctx, jobBatch)
		}},
		{"remind of achievements", 10 * time.Minute, func(ctx context.Context) (int, error) {
			return p.achievements.RemindDue(ctx, p.clock.Now(), p.cfg.Listing.RemindDays, jobBatch)
		}},
		{"remind of packages", 10 * time.Minute, func(ctx context.Context) (int, error) {
			return p.packages.RemindDue(ctx, p.clock.Now(), p.cfg.Listing.RemindDays, jobBatch)
		}},
		{"expire achievements", 10 * time.Minute, func(ctx context.Context) (int, error) {
			return p.achievements.ExpireDue(ctx, p.clock.Now(), jobBatch)
		}},
		{"expire packages", 10 * time.Minute, func(ctx context.Context) (int, error) {
			return p.packages.ExpireDue(ctx, p.clock.Now(), jobBatch)
		}},
		{"expire needs", 10 * time.Minute, func(ctx context.Context) (int, error) {
			return p.needs.ExpireDue(ctx, p.clock.Now(), jobBatch)
		}},
		{"settle rewards that nobody is left to confirm", 10 * time.Minute, func(ctx context.Context) (int, error) {
			return p.rewards.SettleDue(ctx, jobBatch)
		}},
		{"look for duplicates among what changed", 15 * time.Second, func(ctx context.Context) (int, error) {
			return p.duplicates.LookAtChanged(ctx, jobBatch)
		}},
		{"remove the bytes of uploads that became no file", time.Hour, func(ctx context.Context) (int, error) {
			return p.documents.DropUnkept(ctx, jobBatch)
		}},
		{"forget what is over of accounts", time.Hour, func(ctx context.Context) (int, error) {
			return p.accounts.Prune(ctx, jobBatch)
		}},
		{"forget what was told long ago", time.Hour, func(ctx context.Context) (int, error) {
			return p.queue.Prune(ctx, p.clock.Now().Add(-eventsKept), jobBatch)
		}},
		{"forget imports of last week", time.Hour, func(ctx context.Context) (int, error) { return p.exchange.Prune(ctx, jobBatch) }},
		{"forget old answers", time.Hour, func(ctx context.Context) (int, error) {
			n, err := p.keyed.Prune(ctx, answersKept, jobBatch)
			return int(n), err
		}},
		{"save the matching index", 10 * time.Minute, func(context.Context) (int, error) { return 0, p.index.matching.Save() }},
	}...)
}

// repeat runs a job now and then at its pace; a full batch is followed at once
// by the next. One that panics has failed, and comes back like any other.
func (p *platform) repeat(ctx context.Context, j job) {
	for {
		begun := time.Now()
		n := 0
		err := errs.Caught(func() (err error) {
			n, err = j.run(ctx)
			return err
		})
		if ctx.Err() != nil {
			return
		}
		p.metrics.Ran(j.name, err, time.Since(begun), p.clock.Now())
		if err != nil {
			p.log.LogAttrs(ctx, slog.LevelError, "job failed", slog.String("job", j.name), slog.String("error", err.Error()))
		} else if n > 0 {
			p.log.LogAttrs(ctx, slog.LevelInfo, "job done", slog.String("job", j.name), slog.Int("subjects", n))
		}
		pause := j.every
		if n >= jobBatch {
			pause = time.Second
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}
