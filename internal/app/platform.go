package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	embeddedconfig "chengqiao/config"
	"chengqiao/internal/account"
	"chengqiao/internal/blob"
	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/config"
	"chengqiao/internal/contract"
	"chengqiao/internal/deal"
	"chengqiao/internal/disclosure"
	"chengqiao/internal/document"
	"chengqiao/internal/duplicate"
	"chengqiao/internal/exchange"
	"chengqiao/internal/httpapi"
	"chengqiao/internal/importer"
	"chengqiao/internal/kv"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/listing"
	"chengqiao/internal/mail"
	"chengqiao/internal/match"
	"chengqiao/internal/need"
	"chengqiao/internal/need/reading"
	"chengqiao/internal/note"
	"chengqiao/internal/notify"
	"chengqiao/internal/outbox"
	"chengqiao/internal/outward"
	"chengqiao/internal/reward"
	"chengqiao/internal/savedsearch"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/synonym"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/telemetry"
	"chengqiao/internal/token"
	"chengqiao/internal/webhook"
)

// reference is the data that ships with the program.
type reference struct {
	taxonomies *taxonomy.Set
	rulebook   *reward.Rulebook
	calendar   *clock.Calendar
	letters    *notify.Letters
	synonyms   []analysis.FieldGroups
	analyzer   *analysis.Analyzer // of the synonyms that ship
	model      match.Model
	weights    map[string]listing.Weights
	checklists listing.Checklists
	papers     []account.Paper
}

// shippedTaxonomies are read once: the settings are checked by them, and commands
// work with them.
var shippedTaxonomies = sync.OnceValues(func() (*taxonomy.Set, error) { return taxonomy.Load(embeddedconfig.Files) })

func loadReference() (reference, error) {
	var r reference
	var faults [9]error
	files := embeddedconfig.Files
	r.taxonomies, faults[0] = shippedTaxonomies()
	r.rulebook, faults[1] = reward.LoadRulebook(files)
	r.calendar, faults[2] = clock.LoadCalendar(files)
	r.letters, faults[3] = notify.LoadLetters(files)
	r.weights, faults[6] = listing.LoadWeights(files)
	r.checklists, faults[7] = listing.LoadChecklists(files)
	r.papers, faults[8] = account.LoadPapers(files)
	r.model, faults[5] = match.LoadModel(files)
	if raw, err := files.ReadFile("synonyms.yaml"); err != nil {
		faults[4] = err
	} else if synonyms, err := analysis.ParseSynonyms(raw); err != nil {
		faults[4] = err
	} else {
		r.analyzer = analysis.New(synonyms).Knowing(r.model.Terms.Common).Seeking(r.model.Terms.Asking)
		r.synonyms, faults[4] = analysis.ParseGroups(raw)
	}
	if err := errors.Join(faults[:]...); err != nil {
		return r, fmt.Errorf("data that ships with the program: %w", err)
	}
	return r, nil
}

// machines are the state machines of all kinds, for the store's edges.
func machines() []lifecycle.Machine {
	return slices.Concat(account.Machines, catalog.Machines(), need.Machines(), []lifecycle.Machine{
		duplicate.Machine, match.ProposalMachine, deal.IntroductionMachine, deal.Machine, contract.Machine, document.RequestMachine, reward.PlanMachine, reward.DistributionMachine,
	})
}

// platform is everything that one process has open, and the services over it.
type platform struct {
	cfg   config.Config
	log   *slog.Logger
	clock clock.Clock
	reference

	db      *sqldb.DB
	kv      kv.Backend
	blobs   *blob.Store
	sender  mail.Sender
	journal *store.Journal
	queue   *store.Outbox
	// messages are those that wait for webhooks, in a queue of their own.
	messages *store.WebhookQueue
	keyed    *store.Idempotency
	// committed rings when something was committed, dispatched when the feed
	// has grown.
	committed, dispatched outbox.Bell
	// traffic tells whether people are being served.
	traffic traffic
	metrics *telemetry.Metrics
	tracing *telemetry.Tracing

	accountRows *store.Account
	rewardRows  *store.Reward
	matchRows   *store.Match
	notifyRows  *store.Notify
	// confirmationKey signs the links in letters about a listing's last day.
	confirmationKey listing.LetterKey

	accounts     *account.Service
	achievements *catalog.Achievements
	packages     *catalog.Packages
	needs        *need.Needs
	readings     *reading.Reader
	reviews      *listing.Queue
	duplicates   *duplicate.Service
	documents    *document.Service
	disclosures  *disclosure.Log
	notes        *note.Service
	exchange     *exchange.Service
	mapping      *importer.Mapping
	deals        *deal.Service
	contracts    *contract.Service
	rewards      *reward.Service
	notices      *notify.Service
	live         *notify.Live
	tasks        *notify.Tasks
	deadLetters  *outbox.DeadLetters
	tokens       *token.Service
	webhooks     *webhook.Service
	searches     *savedsearch.Service
	synonymList  *synonym.Service
	index        *indexes

	closers []func() error
}

// openPlatform opens everything: what openStores does, and the indexes.
func openPlatform(ctx context.Context, cfg config.Config, log *slog.Logger) (*platform, error) {
	p, err := openStores(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	if err := p.openIndexes(ctx); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// openStores opens the adapters that the configuration names but for the
// indexes, which an embedded engine lets one process have, brings the schema
// up to date, and builds the services. What was opened is closed again when it
// fails.
func openStores(ctx context.Context, cfg config.Config, log *slog.Logger) (_ *platform, err error) {
	p := &platform{cfg: cfg, log: log, clock: clock.System{}, traffic: traffic{clock: clock.System{}},
		metrics: telemetry.NewMetrics(), tracing: telemetry.Untraced()}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Close())
		}
	}()
	if p.reference, err = loadReference(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if err := migrate(ctx, cfg); err != nil {
		return nil, err
	}
	if p.db, err = openDatabase(ctx, cfg, false); err != nil {
		return nil, err
	}
	p.closers = append(p.closers, p.db.Close)
	if p.kv, err = openKV(cfg.KV, log, p.clock); err != nil {
		return nil, err
	}
	p.closers = append(p.closers, p.kv.Close)
	if p.blobs, err = openBlobs(cfg); err != nil {
		return nil, err
	}
	if p.sender, err = openMail(cfg.Mail, log, p.clock); err != nil {
		return nil, err
	}
	tokenKey, err := tokenKey(cfg)
	if err != nil {
		return nil, err
	}
	p.queue, p.messages, p.keyed = store.NewOutbox(p.db), store.NewWebhookQueue(p.db, webhooksEach), store.NewIdempotency(p.db, p.clock)
	p.journal = store.NewJournal(p.db, subscriptions(cfg), p.committed.Ring)
	if err := p.build(tokenKey); err != nil {
		return nil, err
	}
	return p, nil
}

// openIndexes opens the search engine and the matching index.
func (p *platform) openIndexes(ctx context.Context) error {
	index, err := openIndexes(ctx, p)
	if err != nil {
		return err
	}
	p.index = index
	p.closers = append(p.closers, index.Close)
	return nil
}

// Close closes what is open, the latest first.
func (p *platform) Close() error {
	var faults []error
	for _, c := range slices.Backward(p.closers) {
		faults = append(faults, c())
	}
	p.closers = nil
	return errors.Join(faults...)
}

// migrate brings the schema up to date by the migrating role. A PostgreSQL
// program that is given no other role than its own may be without the right
// to migrate: then it only checks.
func migrate(ctx context.Context, cfg config.Config) error {
	db, err := openDatabase(ctx, cfg, true)
	if err != nil {
		return err
	}
	defer db.Close()
	role, err := runtimeRole(cfg)
	if err != nil {
		return err
	}
	if err := store.Migrate(ctx, db, machines(), role); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// runtimeRole is the PostgreSQL role of the running program where it is not
// the migrating one; "" otherwise.
func runtimeRole(cfg config.Config) (string, error) {
	if cfg.Database.Driver != string(sqldb.Postgres) {
		return "", nil
	}
	running, err := pgx.ParseConfig(cfg.Database.DSN.Reveal())
	if err != nil {
		return "", fmt.Errorf("database.dsn: %w", err)
	}
	migrating, err := pgx.ParseConfig(cfg.Database.MigrateDSN.Reveal())
	if err != nil {
		return "", fmt.Errorf("database.migrate_dsn: %w", err)
	}
	if running.User == migrating.User {
		return "", nil
	}
	return running.User, nil
}

// build makes the services over the adapters.
func (p *platform) build(tokenKey []byte) error {
	p.confirmationKey = tokenKey
	p.accountRows, p.rewardRows = store.NewAccount(p.db), store.NewReward(p.db)
	p.matchRows, p.notifyRows = store.NewMatch(p.db), store.NewNotify(p.db)
	listingRows, dealRows, duplicateRows := store.NewListings(p.db), store.NewDeal(p.db), store.NewDuplicate(p.db)
	var err error
	// Tokens ask accounts as whom they act, and accounts forget tokens.
	p.tokens = token.NewService(token.Deps{
		Tx: p.db, Store: store.NewToken(p.db), Journal: p.journal, Clock: p.clock, People: tokenPeople{p},
	})
	p.searches = savedsearch.NewService(savedsearch.Deps{
		Tx: p.db, Store: store.NewSavedSearch(p.db), Journal: p.journal, Clock: p.clock, People: tokenPeople{p},
		Finder: searchFinder{p}, Teller: searchTeller{p}, Key: tokenKey,
	})
	p.buildSynonyms()
	p.accounts, err = account.NewService(account.Deps{
		Tx: p.db, Store: p.accountRows, Journal: p.journal, Clock: p.clock,
		Passwords: account.NewPasswords(account.PasswordConfig{
			MemoryKiB: uint32(p.cfg.Auth.Argon2MemoryKiB), Passes: uint32(p.cfg.Auth.Argon2Passes), Threads: uint8(p.cfg.Auth.Argon2Lanes),
		}),
		Limiter: attempts{p.kv}, Cache: p.kv, Regions: p.taxonomies,
		Belongings: []account.Belongings{p.tokens, p.searches},
		Records:    records(p.rewardRows, store.NewPersonal(p.db), store.NewNote(p.db), store.NewSavedSearch(p.db), p.notifyRows),
		Files:      attachedFiles{p},
		Traces:     traces(p.sender, p.notifyRows, p.matchRows, store.NewContributions(p.db)),
		Config: account.Config{
			TokenKey: tokenKey, SessionIdle: p.cfg.Auth.SessionIdle, SessionLife: p.cfg.Auth.SessionTTL,
			VerifyWithin: p.cfg.Auth.VerifyTTL, ResetWithin: p.cfg.Auth.ResetTTL,
			Guesses:            account.Limit{Count: p.cfg.Auth.SignInAttempts, Period: p.cfg.Auth.SignInPeriod},
			Letters:            account.Limit{Count: p.cfg.Auth.LetterAttempts, Period: p.cfg.Auth.LetterPeriod},
			RegistrationClosed: !p.cfg.Auth.AllowRegistration,
		},
	})
	if err != nil {
		return err
	}

	// Listings ask deals who has signed an NDA, and deals ask listings: the
	// deal service is made first and given its listings behind pointers.
	p.deals = deal.NewService(deal.Deps{
		Tx: p.db, Store: dealRows, Journal: p.journal, History: p.journal, Clock: p.clock,
		Listings: dealListings{p}, Components: dealComponents{p}, Needs: dealNeeds{p}, Matches: p.matchRows, Reasons: p.taxonomies,
		Config: deal.Config{NDAVersion: ndaVersion},
	})
	listings := listing.Deps{
		Tx: p.db, Store: listingRows, Journal: p.journal, History: p.journal, Clock: p.clock,
		NDAs: p.deals, Introductions: p.deals, ConfirmDays: p.cfg.Listing.ConfirmAfterDays, Merges: duplicateRows,
		Weights: p.weights, Checklists: p.checklists, Members: p.notifyRows,
		Marks: listing.Marks{WarnBelow: p.cfg.Listing.WarnBelowQuality, RefuseBelow: p.cfg.Listing.RefuseBelowQuality},
	}
	catalogue := catalog.Deps{Deps: listings, Contributions: store.NewContributions(p.db), Taxonomies: p.taxonomies, Persons: personNames{p.accounts}, Files: attachedFiles{p}, Copies: fileCopies{p},
		Agreements: store.NewAgreements(p.db), Organisations: p.accounts, Takings: signedContracts{p}}
	p.achievements = catalog.NewAchievements(catalogue)
	p.packages = catalog.NewPackages(catalogue, p.achievements)
	p.needs = need.NewNeeds(need.Deps{Deps: listings, Taxonomies: p.taxonomies})
	p.reviews = listing.NewQueue(listing.QueueDeps{
		Tx: p.db, Store: listingRows, Journal: p.journal, Clock: p.clock, Members: p.notifyRows, Checklists: p.checklists,
	}, catalog.AchievementRules(), catalog.PackageRules(), need.Rules())

	if err := p.buildDuplicates(duplicateRows); err != nil {
		return err
	}

	p.contracts = contract.NewService(contract.Deps{
		Tx: p.db, Store: store.NewContract(p.db), Journal: p.journal, History: p.journal, Clock: p.clock,
		Deals: contractDeals{p.deals}, Packages: contractPackages{p.packages},
		Organisations: contractOrganisations{p.accountRows}, Contributors: contractContributors{p.rewardRows}, Files: attachedFiles{p},
	})
	p.rewards = reward.NewService(reward.Deps{
		Tx: p.db, Store: p.rewardRows, Journal: p.journal, History: p.journal, Clock: p.clock,
		Contracts: rewardContracts{p.contracts}, Achievements: rewardAchievements{p.achievements},
		Persons: personNames{p.accounts}, Organisations: rewardOrganisations{p.accountRows}, Files: attachedFiles{p},
		Rulebook: p.rulebook, Calendar: p.calendar, Config: reward.Config{HomeRegion: p.cfg.HomeRegion, PublicityDays: p.cfg.Reward.PublicityDays},
	})
	marker, err := openMarker(p.cfg.Document.WatermarkFont, p.log)
	if err != nil {
		return err
	}
	attached := fileSubjects{p.achievements, p.packages, p.needs, p.contracts, p.rewardRows, p.accountRows}
	p.documents, err = document.NewService(document.Deps{
		Tx: p.db, Store: store.NewDocument(p.db), Journal: p.journal, Clock: p.clock, Log: p.log, Subjects: attached,
		Blobs: fileBlobs{p.blobs}, Marker: marker, Viewers: documentViewers{p.accountRows},
		MaxBytes: int64(p.cfg.Server.MaxUpload), Types: p.cfg.Document.Types,
	})
	if err != nil {
		return err
	}
	p.disclosures = disclosure.NewLog(store.NewDisclosure(p.db))
	p.notes = note.NewService(note.Deps{Tx: p.db, Store: store.NewNote(p.db), Journal: p.journal, Listings: noteListings{attached}, Clock: p.clock})
	if err := p.buildExchange(); err != nil {
		return err
	}
	if err := p.buildReadings(); err != nil {
		return err
	}
	p.live = notify.NewLive(notify.LiveDeps{Bus: liveBus{p.kv}, Marks: p.kv, Subjects: p.notifyRows, Directory: p.notifyRows, Clock: p.clock, Log: p.log})
	p.notices = notify.NewService(notify.Deps{
		Store: p.notifyRows, Subjects: p.notifyRows, Directory: p.notifyRows, Memberships: p.notifyRows, Clock: p.clock, Log: p.log,
		Requests: letterRequests{p.accounts, p.cfg.Server.PublicURL}, Sender: letters{p.sender}, Letters: p.letters, Live: p.live,
		PublicURL: p.cfg.Server.PublicURL, Confirmations: confirmationLinks{p.confirmationKey, p.cfg.Server.PublicURL},
		Tx: p.db, Journal: p.journal, OneClick: httpapi.UnsubscribePath, Key: tokenKey, Quiet: p.cfg.Notice.MessagesQuiet,
	})
	p.tasks = notify.NewTasks(store.NewTask(p.db), p.clock, p.cfg.Listing.RemindBeforeDays)
	p.deadLetters = outbox.NewDeadLetters(p.db, p.queue, p.journal, p.clock, &p.committed)
	sealer, err := webhook.NewSealer(tokenKey)
	if err != nil {
		return err
	}
	p.webhooks = webhook.NewService(webhook.Deps{
		Tx: p.db, Store: store.NewWebhook(p.db), Journal: p.journal, Clock: p.clock, Sealer: sealer,
		Sender:   outward.New(outward.Options{Timeout: p.cfg.Webhook.Timeout, AllowLoopback: p.cfg.Webhook.AllowLoopback}),
		Listings: webhookListings{p}, Parties: webhookParties{p.notifyRows},
		Config: webhook.Config{DisableAfter: p.cfg.Webhook.DisableAfter, DisableAfterTime: p.cfg.Webhook.DisableAfterTime,
			PublicURL: p.cfg.Server.PublicURL},
	})
	return nil
}

// ndaVersion names the text of the NDA that the web app shows.
const ndaVersion = "2026-11"
