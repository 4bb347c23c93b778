package config

import (
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"chengqiao/internal/errs"
)

// faults collects what is wrong, by key.
type faults []errs.Field

func (f *faults) add(key, code string, params errs.Params) {
	*f = append(*f, errs.Field{Path: key, Code: code, Params: params})
}

func (f *faults) required(key, value string) bool {
	if value == "" {
		f.add(key, "required", nil)
	}
	return value != ""
}

func (f *faults) oneOf(key, value string, choices ...string) {
	if !slices.Contains(choices, value) {
		f.add(key, codeOneOf, errs.Params{"choices": strings.Join(choices, ", ")})
	}
}

func (f *faults) within(key string, value, low, high int) {
	switch {
	case value < low:
		f.add(key, codeAtLeast, errs.Params{"min": low})
	case value > high:
		f.add(key, codeAtMost, errs.Params{"max": high})
	}
}

func (f *faults) atLeast(key string, value, low time.Duration) {
	if value < low {
		f.add(key, codeAtLeast, errs.Params{"min": low.String()})
	}
}

// writtenLike tells the form of a setting by an example.
func (f *faults) writtenLike(key, example string) {
	f.add(key, codeWrittenLike, errs.Params{"example": example})
}

func (f *faults) httpURL(key, value, example string) {
	if f.required(key, value) && !isHTTPURL(value) {
		f.writtenLike(key, example)
	}
}

func isHTTPURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") && u.User == nil && u.RawQuery == "" && u.Fragment == ""
}

// baseURL is an address to which paths are added.
func (f *faults) baseURL(key, value, example string) {
	if value != "" && (!isHTTPURL(value) || strings.HasSuffix(value, "/")) {
		f.writtenLike(key, example)
	}
}

func (f *faults) listenAddress(key, value string) {
	if _, _, err := net.SplitHostPort(value); err != nil {
		f.writtenLike(key, "127.0.0.1:8080, :8080")
	}
}

var regionCode = regexp.MustCompile(`^[1-9][0-9]{5}$`)

// validate checks each setting and what settings ask of each other. Settings
// of an adapter that is not chosen are not looked at.
func (c *Config) validate() []errs.Field {
	var f faults
	f.required("data_dir", c.DataDir)
	if !regionCode.MatchString(c.HomeRegion) {
		f.writtenLike("home_region", "650000")
	}
	c.Server.validate(&f)
	c.Database.validate(&f)
	c.Search.validate(&f)
	c.Embedding.validate(&f)
	f.oneOf("kv.backend", c.KV.Backend, "memory", "redis")
	if c.KV.Backend == "redis" {
		f.required("kv.url", c.KV.URL.Reveal())
	}
	c.Blob.validate(&f)
	c.Mail.validate(&f)
	c.Notice.validate(&f)
	c.Auth.validate(&f)
	c.Listing.validate(&f)
	f.within("matching.proposals_per_day", c.Matching.ProposalsPerDay, 1, 1_000)
	f.within("matching.idle_days", c.Matching.IdleDays, 0, 3_650)
	least := 15 // working days, for the tax rule on cash rewards
	if c.Demo.Enabled {
		least = 0
	}
	f.within("reward.publicity_days", c.Reward.PublicityDays, least, 365)
	f.within("outbox.workers", c.Outbox.Workers, 1, 64)
	f.atLeast("outbox.lease", c.Outbox.Lease, time.Second)
	f.atLeast("outbox.poll", c.Outbox.Poll, 10*time.Millisecond)
	f.within("outbox.max_attempts", c.Outbox.MaxAttempts, 1, 1000)
	f.atLeast("webhook.timeout", c.Webhook.Timeout, time.Second)
	f.within("webhook.disable_after", c.Webhook.DisableAfter, 1, 1000)
	f.atLeast("webhook.disable_after_time", c.Webhook.DisableAfterTime, 0)
	f.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	f.oneOf("log.format", c.Log.Format, "text", "json")
	if c.Metrics.Listen != "" {
		f.listenAddress("metrics.listen", c.Metrics.Listen)
	}
	c.Tracing.validate(&f)
	return f
}

func (t *Tracing) validate(f *faults) {
	f.baseURL("tracing.endpoint", t.Endpoint, "http://127.0.0.1:4318")
	switch {
	case !(t.Share >= 0): // not a number either
		f.add("tracing.share", codeAtLeast, errs.Params{"min": 0})
	case t.Share > 1:
		f.add("tracing.share", codeAtMost, errs.Params{"max": 1})
	}
}

func (s *Server) validate(f *faults) {
	f.listenAddress("server.listen", s.Listen)
	f.baseURL("server.public_url", s.PublicURL, "https://chengqiao.example")
	for _, proxy := range s.TrustedProxies {
		_, notNetwork := netip.ParsePrefix(proxy)
		_, notAddress := netip.ParseAddr(proxy)
		if notNetwork != nil && notAddress != nil {
			f.writtenLike("server.trusted_proxies", "10.0.0.7, 172.16.0.0/12")
			break
		}
	}
	f.atLeast("server.read_header_timeout", s.ReadHeaderTimeout, time.Second)
	f.atLeast("server.read_timeout", s.ReadTimeout, time.Second)
	f.atLeast("server.write_timeout", s.WriteTimeout, time.Second)
	f.atLeast("server.idle_timeout", s.IdleTimeout, time.Second)
	f.atLeast("server.shutdown_timeout", s.ShutdownTimeout, 0)
	f.within("server.max_body", int(s.MaxBody), 16<<10, 64<<20)
	f.within("server.max_upload", int(s.MaxUpload), 16<<10, 1<<30)
	f.within("server.requests_per_minute", s.RequestsPerMinute, 0, 1_000_000)
}

func (d *Database) validate(f *faults) {
	f.oneOf("database.driver", d.Driver, "sqlite", "postgres")
	if d.Driver == "postgres" {
		f.required("database.dsn", d.DSN.Reveal())
	}
	if d.Driver == "sqlite" && d.MigrateDSN != d.DSN {
		f.add("database.migrate_dsn", codeTwice, errs.Params{"other": "database.dsn"})
	}
	f.within("database.max_connections", d.MaxConnections, 1, 1000)
}

var indexPrefix = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)

func (s *Search) validate(f *faults) {
	f.oneOf("search.engine", s.Engine, "embedded", "meilisearch")
	if s.Engine == "meilisearch" {
		f.httpURL("search.url", s.URL, "http://127.0.0.1:7700")
		f.required("search.key", s.Key.Reveal())
		if !indexPrefix.MatchString(s.IndexPrefix) {
			f.writtenLike("search.index_prefix", "chengqiao, market_2")
		}
	}
}

func (e *Embedding) validate(f *faults) {
	if !e.On() {
		return
	}
	f.httpURL("embedding.url", e.URL, "https://api.example.com/v1")
	f.required("embedding.model", e.Model)
	f.within("embedding.dimensions", e.Dimensions, 0, 8192)
	f.atLeast("embedding.search_timeout", e.SearchTimeout, 10*time.Millisecond)
	f.atLeast("embedding.timeout", e.Timeout, time.Second)
	f.within("embedding.batch", e.Batch, 1, 1000)
	f.within("embedding.max_characters", e.MaxCharacters, 100, 100_000)
	f.within("embedding.requests_per_minute", e.RequestsPerMinute, 1, 1_000_000)
	f.within("embedding.max_concurrency", e.MaxConcurrency, 1, 64)
}

func (b *Blob) validate(f *faults) {
	f.oneOf("blob.backend", b.Backend, "folder", "s3")
	if b.Backend == "s3" {
		f.httpURL("blob.endpoint", b.Endpoint, "https://s3.example.com")
		if u, err := url.Parse(b.Endpoint); err == nil && strings.Trim(u.Path, "/") != "" {
			f.add("blob.endpoint", codeNoPath, errs.Params{"path": u.Path}) // S3 signs the bucket and key as the whole path
		}
		f.required("blob.bucket", b.Bucket)
		f.required("blob.access_key", b.AccessKey)
		f.required("blob.secret_key", b.SecretKey.Reveal())
	}
}

func (m *Mail) validate(f *faults) {
	f.oneOf("mail.backend", m.Backend, "folder", "smtp")
	f.within("mail.keep_days", m.KeepDays, 1, 3650)
	if _, err := mail.ParseAddress(m.From); err != nil {
		f.writtenLike("mail.from", "成桥 <no-reply@example.org>")
	}
	if m.Backend == "smtp" {
		f.required("mail.host", m.Host)
		f.within("mail.port", m.Port, 1, 65535)
		f.oneOf("mail.security", m.Security, "starttls", "tls", "none")
		f.atLeast("mail.timeout", m.Timeout, time.Second)
		if m.Username != "" {
			f.required("mail.password", m.Password.Reveal())
		}
	}
}

func (n *Notice) validate(f *faults) {
	f.within("notice.keep_days", n.KeepDays, 1, 3650)
	f.atLeast("notice.messages_quiet", n.MessagesQuiet, time.Second)
}

func (a *Auth) validate(f *faults) {
	if n := len(a.TokenKey.Reveal()); n > 0 && n < 32 {
		f.add("auth.token_key", "too_short", errs.Params{"min": 32})
	}
	f.atLeast("auth.session_ttl", a.SessionTTL, time.Minute)
	f.atLeast("auth.session_idle", a.SessionIdle, time.Minute)
	f.atLeast("auth.verify_ttl", a.VerifyTTL, time.Minute)
	f.atLeast("auth.reset_ttl", a.ResetTTL, time.Minute)
	f.within("auth.sign_in_attempts", a.SignInAttempts, 1, 1000)
	f.atLeast("auth.sign_in_period", a.SignInPeriod, time.Second)
	f.within("auth.letter_attempts", a.LetterAttempts, 1, 1000)
	f.atLeast("auth.letter_period", a.LetterPeriod, time.Second)
	// Below 7 MiB argon2id falls under OWASP's weakest recommendation; 8 KiB a
	// lane is the algorithm's own floor (RFC 9106).
	f.within("auth.argon2_memory_kib", a.Argon2MemoryKiB, 7*1024, 4<<20)
	f.within("auth.argon2_passes", a.Argon2Passes, 1, 100)
	f.within("auth.argon2_lanes", a.Argon2Lanes, 1, 64)
}

func (l *Listing) validate(f *faults) {
	f.within("listing.confirm_after_days", l.ConfirmAfterDays, 1, 3650)
	last := max(l.ConfirmAfterDays-1, 1)
	f.within("listing.remind_before_days", l.RemindBeforeDays, 1, last)
	f.within("listing.warn_below_quality", l.WarnBelowQuality, 0, 100)
	f.within("listing.refuse_below_quality", l.RefuseBelowQuality, 0, 100)
	for _, days := range l.RemindDays {
		// A reminder in the period's first days would ask for what was just said.
		if days < 0 || days > last {
			f.within("listing.remind_days", days, 0, last)
			break
		}
	}
}
