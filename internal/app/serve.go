package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"chengqiao/frontend"
	"chengqiao/internal/httpapi"
	"chengqiao/internal/kv"
	"chengqiao/internal/store"
	"chengqiao/internal/telemetry"
)

func serveCommand(flags *settingFlags) *cobra.Command {
	var demo bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the API and the web app",
		Long: "Serves the API and the web app until SIGINT, SIGTERM or SIGHUP; then it takes no new requests, finishes those\n" +
			"it has, and ends with exit code 0. The schema is brought up to date and the configuration read at the start.",
		Example: "  chengqiao serve --demo\n  chengqiao serve --config /etc/chengqiao.yaml --set server.listen=:9000",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var more map[string]string
			if demo {
				more = demoSettings
			}
			cfg, err := flags.load(more)
			if err != nil {
				return err
			}
			log := newLogger(cfg.Log, cmd.ErrOrStderr())
			// Listening comes first: the services write addresses into letters
			// and pages, and a port that is taken ends the program at once.
			listener, err := net.Listen("tcp", cfg.Server.Listen)
			if err != nil {
				return fmt.Errorf("server.listen: %w", err)
			}
			if cfg.Server.PublicURL == "" {
				cfg.Server.PublicURL = addressOf(listener.Addr(), log)
			}
			p, err := openPlatform(cmd.Context(), cfg, log)
			if err != nil {
				return errors.Join(err, listener.Close())
			}
			err = p.serve(cmd.Context(), listener, cmd.OutOrStdout())
			return errors.Join(err, p.Close())
		},
	}
	cmd.Flags().BoolVar(&demo, "demo", false, "load demo data into an empty store and print a sign-in for each role")
	return cmd
}

// addressOf is the URL under which people on this machine reach a listener.
func addressOf(listening net.Addr, log *slog.Logger) string {
	tcp, ok := listening.(*net.TCPAddr)
	if !ok {
		return "http://" + listening.String()
	}
	host := tcp.IP.String()
	if !tcp.IP.IsLoopback() {
		log.Warn("server.public_url is not set: links in letters lead to this machine's own address")
	}
	if tcp.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(tcp.Port))
}

// serve answers on the listener until ctx ends and then shuts down in order: no new requests,
// streams closed, running requests finished, background work ended.
func (p *platform) serve(ctx context.Context, listener net.Listener, out io.Writer) error {
	stopWatching, err := p.watched(ctx)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer stopWatching()
	if p.cfg.Demo.Enabled {
		if err := p.loadDemo(ctx, out); err != nil {
			return errors.Join(err, listener.Close())
		}
	}
	handler, err := p.handler()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{
		Handler:           p.traffic.watched(handler),
		ReadHeaderTimeout: p.cfg.Server.ReadHeaderTimeout,
		ReadTimeout:       p.cfg.Server.ReadTimeout,
		// Streams and files move their own limits.
		WriteTimeout: p.cfg.Server.WriteTimeout,
		IdleTimeout:  p.cfg.Server.IdleTimeout,
	}
	working, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	worked := make(chan struct{})
	go func() {
		defer close(worked)
		p.background(working)
	}()
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	fmt.Fprintf(out, "成桥 Chengqiao: open %s (listening on http://%s)\n", p.cfg.Server.PublicURL, listener.Addr())
	select {
	case err = <-served:
	case <-ctx.Done():
		p.log.Info("shutting down")
		p.live.Close()
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.cfg.Server.ShutdownTimeout)
		err = server.Shutdown(closing)
		cancel()
	}
	stopWork()
	select {
	case <-worked:
	case <-time.After(p.cfg.Server.ShutdownTimeout):
		p.log.Warn("background work did not end in time")
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// handler is the whole HTTP surface over the services.
func (p *platform) handler() (http.Handler, error) {
	api := httpapi.NewAPI(httpapi.Services{
		Accounts: p.accounts, Directory: p.accounts, Achievements: p.achievements, Packages: p.packages, Needs: p.needs, Readings: p.readings,
		Reviews: p.reviews, Letters: confirmationLetters{p}, Endings: letterEndings{p}, Taxonomies: p.taxonomies, Documents: p.documents, Disclosures: p.disclosures, Notes: p.notes, Exchange: p.exchange, Sheets: sheets{p}, Origins: store.NewListings(p.db), Finder: p.index.finder, Matches: p.index.matches, Desk: p.index.desk, Duplicates: p.duplicates,
		Deals: p.deals, Related: store.NewDeal(p.db), Contracts: p.contracts, Rewards: p.rewards, Tasks: p.tasks, Notices: p.notices, Live: p.live,
		DeadLetters: p.deadLetters, Backlogs: undelivered{p}, Audit: auditLines{p.journal}, Tokens: p.tokens, Webhooks: p.webhooks, Searches: p.searches, Synonyms: p.synonymList,
	})
	var limiter httpapi.RequestLimiter
	if p.cfg.Server.RequestsPerMinute > 0 {
		limiter = requests{kv.NewOpenLimiter(p.kv, p.log), p.cfg.Server.RequestsPerMinute}
	}
	return httpapi.New(api, httpapi.Options{
		Log: p.log, Auth: sessions{p.accounts}, Tokens: bearers{p.tokens}, Feeds: feeds{p}, Limiter: limiter,
		Observer:    telemetry.Requests{Metrics: p.metrics, Tracing: p.tracing},
		Idempotency: keyedAnswers{p.keyed}, Listings: publicListings{p}, Papers: p.papers, Web: frontend.Dist(), Pages: frontend.Pages(), PublicURL: p.cfg.Server.PublicURL,
		MaxBody: int64(p.cfg.Server.MaxBody), MaxUpload: int64(p.cfg.Server.MaxUpload),
		TrustedProxies: p.cfg.Server.TrustedProxies, Ready: p.ready,
		// What comes later could not be written any more.
		RequestTime: p.cfg.Server.WriteTimeout * 3 / 4,
	})
}

// ready reports the first server that is needed and away.
func (p *platform) ready(r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	if err := p.db.Ping(ctx); err != nil {
		return err
	}
	return p.index.searchable()
}

func migrateCommand(flags *settingFlags) *cobra.Command {
	return &cobra.Command{
		Use:     "migrate",
		Short:   "Bring the database's schema up to date",
		Long:    "Uses database.migrate_dsn and gives the program's own role its rights. `serve` does the same at its start.",
		Example: "  chengqiao migrate --config /etc/chengqiao.yaml",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := flags.load(nil)
			if err != nil {
				return err
			}
			if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
				return err
			}
			if err := migrate(cmd.Context(), cfg); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "the schema is up to date")
			return nil
		},
	}
}
