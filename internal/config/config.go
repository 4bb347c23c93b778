// Package config owns the program's settings: where they come from, what form
// they have, and telling everything that is wrong with them at once. The
// defaults and the description of each setting stand in config/default.yaml.
// It knows no other package of the product but the value types.
package config

import "time"

// Config is the whole configuration. Paths and secrets are resolved: what the
// files and the environment left empty has its default, and secrets that were
// given as files are read.
type Config struct {
	DataDir    string `koanf:"data_dir"`
	HomeRegion string `koanf:"home_region"`

	Server    Server    `koanf:"server"`
	Database  Database  `koanf:"database"`
	Search    Search    `koanf:"search"`
	Embedding Embedding `koanf:"embedding"`
	KV        KV        `koanf:"kv"`
	Blob      Blob      `koanf:"blob"`
	Mail      Mail      `koanf:"mail"`
	Notice    Notice    `koanf:"notice"`
	Auth      Auth      `koanf:"auth"`
	Listing   Listing   `koanf:"listing"`
	Matching  Matching  `koanf:"matching"`
	Document  Document  `koanf:"document"`
	Reward    Reward    `koanf:"reward"`
	Outbox    Outbox    `koanf:"outbox"`
	Webhook   Webhook   `koanf:"webhook"`
	Log       Log       `koanf:"log"`
	Metrics   Metrics   `koanf:"metrics"`
	Tracing   Tracing   `koanf:"tracing"`
	Demo      Demo      `koanf:"demo"`
}

// Server is about HTTP.
type Server struct {
	Listen string `koanf:"listen"`
	// PublicURL is "" for the address of the listener.
	PublicURL         string        `koanf:"public_url"`
	TrustedProxies    []string      `koanf:"trusted_proxies"`
	ReadHeaderTimeout time.Duration `koanf:"read_header_timeout"`
	ReadTimeout       time.Duration `koanf:"read_timeout"`
	WriteTimeout      time.Duration `koanf:"write_timeout"`
	IdleTimeout       time.Duration `koanf:"idle_timeout"`
	ShutdownTimeout   time.Duration `koanf:"shutdown_timeout"`
	MaxBody           Bytes         `koanf:"max_body"`
	MaxUpload         Bytes         `koanf:"max_upload"`
	// RequestsPerMinute is for each client; 0 means no limit.
	RequestsPerMinute int `koanf:"requests_per_minute"`
}

// Database is about the relational store.
type Database struct {
	Driver string `koanf:"driver"` // "sqlite" or "postgres"
	// DSN is a path for SQLite.
	DSN     Secret `koanf:"dsn"`
	DSNFile string `koanf:"dsn_file"`
	// MigrateDSN is DSN unless it was given.
	MigrateDSN     Secret `koanf:"migrate_dsn"`
	MigrateDSNFile string `koanf:"migrate_dsn_file"`
	MaxConnections int    `koanf:"max_connections"`
}

// Search is about the search engine.
type Search struct {
	Engine      string `koanf:"engine"` // "embedded" or "meilisearch"
	Dir         string `koanf:"dir"`
	URL         string `koanf:"url"`
	Key         Secret `koanf:"key"`
	KeyFile     string `koanf:"key_file"`
	IndexPrefix string `koanf:"index_prefix"`
}

// Embedding is about the service that says where texts lie.
type Embedding struct {
	// URL is "" where none is used.
	URL     string `koanf:"url"`
	Key     Secret `koanf:"key"`
	KeyFile string `koanf:"key_file"`
	Model   string `koanf:"model"`
	// Dimensions is 0 for the model's own.
	Dimensions int `koanf:"dimensions"`
	// Members lets texts be sent that only members read, and Search what people
	// search for.
	Members           bool          `koanf:"members"`
	Search            bool          `koanf:"search"`
	SearchTimeout     time.Duration `koanf:"search_timeout"`
	Timeout           time.Duration `koanf:"timeout"`
	Batch             int           `koanf:"batch"`
	MaxCharacters     int           `koanf:"max_characters"`
	RequestsPerMinute int           `koanf:"requests_per_minute"`
	MaxConcurrency    int           `koanf:"max_concurrency"`
}

// On tells whether a service is used.
func (e Embedding) On() bool { return e.URL != "" }

// KV is about shared, forgettable state.
type KV struct {
	Backend string `koanf:"backend"` // "memory" or "redis"
	URL     Secret `koanf:"url"`
	URLFile string `koanf:"url_file"`
}

// Blob is about uploaded files.
type Blob struct {
	Backend       string `koanf:"backend"` // "folder" or "s3"
	Dir           string `koanf:"dir"`
	Endpoint      string `koanf:"endpoint"`
	Region        string `koanf:"region"`
	Bucket        string `koanf:"bucket"`
	Prefix        string `koanf:"prefix"`
	AccessKey     string `koanf:"access_key"`
	SecretKey     Secret `koanf:"secret_key"`
	SecretKeyFile string `koanf:"secret_key_file"`
	PathStyle     bool   `koanf:"path_style"`
}

// Mail is about letters.
type Mail struct {
	Backend      string        `koanf:"backend"` // "folder" or "smtp"
	From         string        `koanf:"from"`
	Dir          string        `koanf:"dir"`
	Host         string        `koanf:"host"`
	Port         int           `koanf:"port"`
	Security     string        `koanf:"security"` // "starttls", "tls" or "none"
	Username     string        `koanf:"username"`
	Password     Secret        `koanf:"password"`
	PasswordFile string        `koanf:"password_file"`
	Timeout      time.Duration `koanf:"timeout"`
	// KeepDays is for how many days copies of letters stay in the folder.
	KeepDays int `koanf:"keep_days"`
}

// Notice is about notifications.
type Notice struct {
	// KeepDays is for how many days one is kept, read or not.
	KeepDays int `koanf:"keep_days"`
	// MessagesQuiet is how long messages in a deal are unread before a letter
	// tells of them.
	MessagesQuiet time.Duration `koanf:"messages_quiet"`
}

// Auth is about accounts and sessions.
type Auth struct {
	AllowRegistration bool `koanf:"allow_registration"`
	// TokenKey signs the links in letters. "" stands for a key that the program
	// makes and keeps in the data folder, which one machine may.
	TokenKey        Secret        `koanf:"token_key"`
	TokenKeyFile    string        `koanf:"token_key_file"`
	SessionTTL      time.Duration `koanf:"session_ttl"`
	SessionIdle     time.Duration `koanf:"session_idle"`
	VerifyTTL       time.Duration `koanf:"verify_ttl"`
	ResetTTL        time.Duration `koanf:"reset_ttl"`
	SignInAttempts  int           `koanf:"sign_in_attempts"`
	SignInPeriod    time.Duration `koanf:"sign_in_period"`
	LetterAttempts  int           `koanf:"letter_attempts"`
	LetterPeriod    time.Duration `koanf:"letter_period"`
	Argon2MemoryKiB int           `koanf:"argon2_memory_kib"`
	Argon2Passes    int           `koanf:"argon2_passes"`
	Argon2Lanes     int           `koanf:"argon2_lanes"`
}

// Document is about uploaded files.
type Document struct {
	// Types are the media types taken in; empty is every one that is known.
	Types []string `koanf:"types"`
	// WatermarkFont is a font file with Chinese signs; "" is one that the
	// system has.
	WatermarkFont string `koanf:"watermark_font"`
}

// Listing is about the life of what is published.
type Listing struct {
	ConfirmAfterDays int `koanf:"confirm_after_days"`
	RemindBeforeDays int `koanf:"remind_before_days"`
	// RemindDays are the days before the last one on which its owner is written to.
	RemindDays []int `koanf:"remind_days"`
	// WarnBelowQuality and RefuseBelowQuality are marks of the quality score.
	WarnBelowQuality   int `koanf:"warn_below_quality"`
	RefuseBelowQuality int `koanf:"refuse_below_quality"`
}

// Matching is about the mediators' desk.
type Matching struct {
	// ProposalsPerDay bounds what one mediator puts before others in 24 hours.
	ProposalsPerDay int `koanf:"proposals_per_day"`
	// IdleDays is how long a good match may lie before the desk tells of it.
	IdleDays int `koanf:"idle_days"`
}

// Reward is about the life of reward plans.
type Reward struct {
	// PublicityDays are the working days for which a plan is publicised before
	// it takes effect.
	PublicityDays int `koanf:"publicity_days"`
}

// Webhook is about messages to the addresses that organisations name.
type Webhook struct {
	// Timeout bounds one request.
	Timeout time.Duration `koanf:"timeout"`
	// DisableAfter is how many attempts fail in a row, and DisableAfterTime over
	// how long a time at least, before an address is disabled.
	DisableAfter     int           `koanf:"disable_after"`
	DisableAfterTime time.Duration `koanf:"disable_after_time"`
	// AllowLoopback lets messages go to this machine, also by plain http.
	AllowLoopback bool `koanf:"allow_loopback"`
}

// Outbox is about deliveries after commit.
type Outbox struct {
	Workers     int           `koanf:"workers"`
	Lease       time.Duration `koanf:"lease"`
	Poll        time.Duration `koanf:"poll"`
	MaxAttempts int           `koanf:"max_attempts"`
}

// Log is about what the program tells of itself.
type Log struct {
	Level  string `koanf:"level"`  // "debug", "info", "warn" or "error"
	Format string `koanf:"format"` // "text" or "json"
}

// Metrics are about the numbers that Prometheus reads.
type Metrics struct {
	// Listen is the address that they are read at, apart from the one that serves
	// people; "" for none.
	Listen string `koanf:"listen"`
}

// Tracing is about traces of the work, by OpenTelemetry.
type Tracing struct {
	// Endpoint is a collector's address for OTLP over HTTP; "" for none.
	Endpoint string `koanf:"endpoint"`
	// Share is how much of the work is recorded, 0 to 1.
	Share float64 `koanf:"share"`
}

// Demo is about demonstration data.
type Demo struct {
	Enabled bool `koanf:"enabled"`
}
