package httpapi

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/account"
	"chengqiao/internal/errs"
	"chengqiao/internal/exchange"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/ident"
)

// Options are what the server needs besides the services.
type Options struct {
	Log  *slog.Logger
	Auth Authenticator
	// Tokens resolves API tokens; nil where there are none.
	Tokens TokenAuthenticator
	// Feeds give the Atom feeds their content; nil where there are none.
	Feeds Feeds
	// Idempotency keeps the answers of requests with an Idempotency-Key.
	Idempotency Idempotency
	// Limiter bounds requests by client address; nil means no limit.
	Limiter RequestLimiter
	// Observer is told of every request; nil where nobody watches.
	Observer Observer
	// Listings gives the server-written public pages their content.
	Listings PublicListings
	// Papers are the texts that registrations consent to, which have pages too.
	Papers []account.Paper
	// Web is the built web app.
	Web fs.FS
	// Pages are the addresses of the web app's pages: "/needs/:id". At any other
	// its document is answered with 404.
	Pages []string
	// PublicURL is the address people use, without a trailing slash.
	PublicURL string
	// MaxBody is the limit of a request body in bytes, MaxUpload that of a file.
	MaxBody, MaxUpload int64
	// TrustedProxies are the addresses whose X-Forwarded-For is believed.
	TrustedProxies []string
	// RequestTime is how long the work for a request may take, bytes on the line
	// apart; 0 means as long as the client waits.
	RequestTime time.Duration
	// Heartbeat is the beat of live streams; 0 means 15 seconds.
	Heartbeat time.Duration
	// Ready reports why the server cannot serve now; nil when it can.
	Ready func(*http.Request) error
}

// Observer is told of requests, for those who watch over the program.
type Observer interface {
	// Begin is told of a request before anything is done for it and gives the
	// context to do it in. ended is called once, when the answer is over: with the
	// route as the contract has it, "" where none answered, the status, and whether
	// the answer was a stream, which lasts as long as somebody listens.
	Begin(r *http.Request) (ctx context.Context, ended func(route string, status int, stream bool))
}

type server struct {
	Options
	log           *slog.Logger
	auth          Authenticator
	contract      *description
	unhurried     map[string]bool
	secureCookies bool
	pages         *pages
}

// New builds the whole HTTP surface: the API under /api/v1, health, the
// contract's text, the public pages and the web app.
func New(api *API, opts Options) (http.Handler, error) {
	ct, err := loadContract()
	if err != nil {
		return nil, err
	}
	s := &server{
		Options: opts, log: opts.Log, auth: opts.Auth, contract: ct, unhurried: unhurried(ct),
		secureCookies: len(opts.PublicURL) > 8 && opts.PublicURL[:8] == "https://",
	}
	s.pages = newPages(opts)
	api.server = s

	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.ContextWithFallback = true
	router.HandleMethodNotAllowed = true
	// An address of the API has one form; pages.routes does so for pages.
	router.RedirectTrailingSlash = false
	if err := router.SetTrustedProxies(opts.TrustedProxies); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	router.Use(s.begin, s.recover, s.headers, s.limitTime)
	router.Match(readable, "/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
	router.Match(readable, "/readyz", s.readyz)
	if err := s.contractRoutes(router); err != nil {
		return nil, err
	}

	apiGroup := router.Group("/", unkept, s.bearer, s.limitRate, s.limitBody, s.sameOrigin, s.authenticate, s.keepBody, s.validate)
	handler := oas.NewStrictHandlerWithOptions(api, []oas.StrictMiddlewareFunc{owned, s.idempotent}, oas.StrictGinServerOptions{
		RequestErrorHandlerFunc:  func(c *gin.Context, err error) { s.fail(c, shapeError(err)) },
		HandlerErrorFunc:         s.fail,
		ResponseErrorHandlerFunc: s.unsent,
	})
	oas.RegisterHandlersWithOptions(apiGroup, handler, oas.GinServerOptions{
		BaseURL:      basePath,
		ErrorHandler: func(c *gin.Context, err error, _ int) { s.fail(c, errs.Wrap(errs.Malformed, "malformed_request", err)) },
	})
	s.feedRoutes(router)
	s.pages.routes(router, s)
	// The router has said in Allow which methods there are.
	router.NoMethod(func(c *gin.Context) { s.fail(c, errs.New(errs.WrongMethod, "wrong_method")) })
	return router, nil
}

// owned gives an operation a context that stays its request's. Gin hands its own to
// the next request once this one is answered, while what a database's driver has
// set to watch it may only begin to look.
func owned(next oas.StrictHandlerFunc, _ string) oas.StrictHandlerFunc {
	return func(c *gin.Context, request any) (any, error) {
		own := c.Copy()
		own.Writer = c.Writer
		return next(own, request)
	}
}

// readable are the methods of what is only read. Who asks for the head alone,
// as those who check links and whether the program runs do, is told it; the API
// has the methods that its contract names.
var readable = []string{http.MethodGet, http.MethodHead}

// begin gives the request its id, language and log line.
func (s *server) begin(c *gin.Context) {
	st := &requestState{id: c.GetHeader("X-Request-Id"), locale: localeFrom(c.GetHeader("Accept-Language"))}
	if len(st.id) > 64 || !printable(st.id) || st.id == "" {
		st.id = ident.NewID()
	}
	c.Header("X-Request-Id", st.id)
	ctx := c.Request.Context()
	if s.Observer != nil {
		watched, ended := s.Observer.Begin(c.Request)
		// Also where the answer is broken off.
		defer func() { ended(c.FullPath(), c.Writer.Status(), c.Writer.Header().Get("Content-Type") == streamType) }()
		ctx = watched
	}
	c.Request = c.Request.WithContext(withState(ctx, st))
	start := time.Now()
	c.Next()
	level := slog.LevelInfo
	if c.FullPath() == "/healthz" || c.FullPath() == "/readyz" {
		level = slog.LevelDebug
	}
	s.log.LogAttrs(c.Request.Context(), level, "request",
		slog.String("request_id", st.id), slog.String("method", c.Request.Method),
		slog.String("path", loggedPath(c)), slog.Int("status", c.Writer.Status()),
		slog.Int("bytes", max(c.Writer.Size(), 0)), slog.Duration("took", time.Since(start)),
		slog.String("account", st.actor.AccountID))
}

// loggedPath is a request's address without the secret that one part of a
// feed's address is: whoever reads the log does not read people's searches.
func loggedPath(c *gin.Context) string {
	if c.FullPath() == feedPath && c.Param("name") != publicFeed {
		return feedPath
	}
	return c.Request.URL.Path
}

func printable(s string) bool {
	for _, r := range s {
		if r < 0x21 || r > 0x7e {
			return false
		}
	}
	return true
}

// recover answers a panic with a problem and logs where it happened.
func (s *server) recover(c *gin.Context) {
	defer func() {
		if r := recover(); r != nil {
			if r == http.ErrAbortHandler {
				panic(r)
			}
			s.log.Error("panic", "request_id", RequestID(c.Request.Context()), "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			s.fail(c, errs.New(errs.Internal, "internal"))
		}
	}()
	c.Next()
}

// headers sets what every answer carries. Element Plus and Vue set styles
// through the CSSOM, which the policy allows; style attributes in markup and
// inline scripts it does not.
func (s *server) headers(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "+
		"font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if s.secureCookies {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
	c.Next()
}

// unkept tells browsers and proxies to keep no answer of the API: most are for
// one person, and some hold a secret that is shown once. What may be kept says
// so itself.
func unkept(c *gin.Context) {
	c.Header("Cache-Control", "private, no-store")
	c.Next()
}

// sameOrigin refuses unsafe requests that another site makes a browser send.
// One with a token is none that a browser adds anything to.
func (s *server) sameOrigin(c *gin.Context) {
	if stateOf(c.Request.Context()).actor.TokenID != "" {
		c.Next()
		return
	}
	if err := http.NewCrossOriginProtection().Check(c.Request); err != nil {
		s.fail(c, errs.Wrap(errs.Forbidden, "cross_origin", err))
		return
	}
	c.Next()
}

// uploadPath and importPath are where files come in.
const (
	uploadPath = basePath + "/files"
	importPath = basePath + "/imports"
)

// multipartOverhead is what a form adds to the file it carries.
const multipartOverhead = 64 << 10

func (s *server) limitBody(c *gin.Context) {
	limit := s.MaxBody
	switch path := c.FullPath(); {
	case path == uploadPath:
		limit = s.MaxUpload + multipartOverhead
	case path == importPath && c.Request.Method == http.MethodPost:
		limit = exchange.MaxBytes + multipartOverhead
	case strings.HasPrefix(path, importPath):
		limit = max(limit, maxMending)
	}
	if c.Request.ContentLength > limit {
		s.fail(c, errs.Newp(errs.TooLarge, "body_too_large", errs.Params{"limit_bytes": limit}))
		return
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, limit)
	c.Next()
}

func (s *server) readyz(c *gin.Context) {
	if s.Ready != nil {
		if err := s.Ready(c.Request); err != nil {
			s.fail(c, errs.Wrap(errs.Unavailable, "not_ready", err))
			return
		}
	}
	c.String(http.StatusOK, "ready\n")
}
