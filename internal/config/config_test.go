package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"

	data "chengqiao/config"
	"chengqiao/internal/config"
	"chengqiao/internal/errs"
	"chengqiao/internal/message"
)

func TestEverySettingHasADocumentedDefaultAndTheReverse(t *testing.T) {
	documented := slices.Sorted(maps.Keys(defaults(t)))
	if known := slices.Sorted(maps.Keys(keysOf(reflect.TypeFor[config.Config](), ""))); !slices.Equal(documented, known) {
		t.Errorf("default.yaml has\n%v\nthe program knows\n%v", documented, known)
	}
}

func TestEverySecretCanComeFromAFile(t *testing.T) {
	keys := keysOf(reflect.TypeFor[config.Config](), "")
	n := 0
	for key, kind := range keys {
		if kind == reflect.TypeFor[config.Secret]() {
			n++
			if keys[key+"_file"] != reflect.TypeFor[string]() {
				t.Errorf("%s has no %[1]s_file", key)
			}
		}
	}
	if n < 6 {
		t.Errorf("found %d secrets", n)
	}
}

func TestDefaultsServeOneMachineWithoutAnythingElse(t *testing.T) {
	c := config.Default()
	for name, got := range map[string][2]string{
		"database": {c.Database.Driver, "sqlite"},
		"file":     {c.Database.DSN.Reveal(), filepath.Join("data", "chengqiao.db")},
		"migrate":  {c.Database.MigrateDSN.Reveal(), filepath.Join("data", "chengqiao.db")},
		"search":   {c.Search.Engine + c.Search.Dir, "embedded" + filepath.Join("data", "search")},
		"kv":       {c.KV.Backend, "memory"},
		"blob":     {c.Blob.Backend + c.Blob.Dir, "folder" + filepath.Join("data", "files")},
		"mail":     {c.Mail.Backend + c.Mail.Dir, "folder" + filepath.Join("data", "mail")},
		"region":   {c.HomeRegion, "650000"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s is %q, want %q", name, got[0], got[1])
		}
	}
	if c.Listing.ConfirmAfterDays != 180 || c.Server.MaxBody != 1<<20 || c.Server.ReadTimeout != time.Minute || c.Demo.Enabled {
		t.Errorf("got %+v", c)
	}
}

func TestFlagsWinOverEnvironmentOverFileOverDefaults(t *testing.T) {
	file := write(t, "config.yaml", `
server: {listen: "file:1", public_url: "http://file", idle_timeout: 1m}
log: {level: warn}
listing: {remind_before_days: 20}
`)
	c, err := config.Load(config.Sources{
		File:    file,
		Environ: []string{"CHENGQIAO_SERVER__LISTEN=env:2", "CHENGQIAO_SERVER__PUBLIC_URL=http://env", "CHENGQIAO_DATA_DIR=/srv"},
		Flags:   map[string]string{"server.listen": "flag:3"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Server.Listen != "flag:3" || c.Server.PublicURL != "http://env" || c.Server.IdleTimeout != time.Minute ||
		c.Log.Level != "warn" || c.Log.Format != "text" || c.Mail.Dir != "/srv/mail" || c.Listing.RemindBeforeDays != 20 {
		t.Errorf("got %+v", c)
	}
}

func TestTheEnvironmentCanSayEverything(t *testing.T) {
	c, err := config.Load(config.Sources{Environ: []string{
		"CHENGQIAO_SERVER__TRUSTED_PROXIES=10.0.0.0/8, 127.0.0.1,::1", "CHENGQIAO_LISTING__REMIND_BEFORE_DAYS=14",
		"CHENGQIAO_SERVER__MAX_UPLOAD=200MiB", "CHENGQIAO_SERVER__MAX_BODY=65536", "CHENGQIAO_DEMO__ENABLED=true",
		"CHENGQIAO_OUTBOX__LEASE=90s", "CHENGQIAO_OUTBOX__WORKERS=8", "CHENGQIAO_HOME_REGION=510000",
		"CHENGQIAO_SERVER__REQUESTS_PER_MINUTE=0", "CHENGQIAO_BLOB__PATH_STYLE=1",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Server.TrustedProxies, []string{"10.0.0.0/8", "127.0.0.1", "::1"}) || c.Listing.RemindBeforeDays != 14 ||
		c.Server.MaxUpload != 200<<20 || c.Server.MaxBody != 65536 || !c.Demo.Enabled || c.Outbox.Lease != 90*time.Second ||
		c.Outbox.Workers != 8 || c.HomeRegion != "510000" || c.Server.RequestsPerMinute != 0 || !c.Blob.PathStyle {
		t.Errorf("got %+v", c)
	}
}

func TestAListOfOneNeedsNoBrackets(t *testing.T) {
	c, err := config.Load(config.Sources{File: write(t, "config.yaml", "listing: {remind_days: 7}\nserver: {trusted_proxies: 10.0.0.1}\n")})
	if err != nil || !slices.Equal(c.Listing.RemindDays, []int{7}) || !slices.Equal(c.Server.TrustedProxies, []string{"10.0.0.1"}) {
		t.Errorf("%v, %v, %v", err, c.Listing.RemindDays, c.Server.TrustedProxies)
	}
	if got := faults(t, loadError(write(t, "other.yaml", "listing: {remind_days: weekly}\n"))); !slices.Equal(got, []string{"listing.remind_days not_a_number"}) {
		t.Errorf("got %v", got)
	}
}

func TestOtherVariablesAreLeftAlone(t *testing.T) {
	_, err := config.Load(config.Sources{Environ: []string{
		"CHENGQIAO_PORT=tcp://10.0.0.1:80", "CHENGQIAO_SERVICE_HOST=10.0.0.1", "CHENGQIAO_TEST_REDIS_BIN=/x", "HOME=/root", "CHENGQIAO_CONFIG=/etc/c.yaml", "strange",
		"CHENGQIAO_MAIL_PORT=tcp://10.0.0.1:25", // beside a service of the name chengqiao-mail
	}})
	if err != nil {
		t.Error(err)
	}
}

func TestAllFaultsAreToldTogether(t *testing.T) {
	file := write(t, "config.yaml", "server: {listne: x}\ndatabase: {max_connections: many}\nserver_listen: y\n")
	_, err := config.Load(config.Sources{
		File:    file,
		Environ: []string{"CHENGQIAO_SERVER__TIMEOUT=5s", "CHENGQIAO_MAIL__TIMEOUT=5", "CHENGQIAO_DEMO__ENABLED=ja", "CHENGQIAO_SEARCH__KEY_FILE=/does/not/exist"},
		Flags:   map[string]string{"server.max_body": "1 MB", "kv.url": "redis://x", "kv.url_file": "/y"},
	})
	want := []string{
		"database.max_connections not_a_number", "demo.enabled one_of", "kv.url given_twice", "mail.timeout wrong_duration",
		"search.key_file file_unreadable", "server.listne unknown_field", "server.max_body wrong_size", "server.timeout unknown_field",
		"server_listen unknown_field",
	}
	if got := faults(t, err); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAVariableWithOneUnderscoreIsToldAndNotPassedOver(t *testing.T) {
	_, err := config.Load(config.Sources{Environ: []string{"CHENGQIAO_DATABASE_DRIVER=postgres", "CHENGQIAO_SERVER_PUBLIC_URL=https://c.example", "CHENGQIAO_DATA_DIR=/x"}})
	if got, want := faults(t, err), []string{"CHENGQIAO_DATABASE_DRIVER underscores", "CHENGQIAO_SERVER_PUBLIC_URL underscores"}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	if name := errs.As(err).Fields[1].Params["name"]; name != "CHENGQIAO_SERVER__PUBLIC_URL" {
		t.Errorf("tells to write %v", name)
	}
}

func TestASectionWithoutSettingsKeepsItsDefaults(t *testing.T) {
	file := write(t, "config.yaml", "server:\n#  listen: \":9000\"\nlisting:\nmail:\n  dir:\n")
	c, err := config.Load(config.Sources{File: file})
	if err != nil || c.Server.Listen != config.Default().Server.Listen || c.Listing.ConfirmAfterDays != 180 {
		t.Errorf("%v, listens on %q", err, c.Server.Listen)
	}
	if got := faults(t, loadError(write(t, "other.yaml", "servre:\nserver: 9000\n"))); !slices.Equal(got, []string{"server unknown_field", "servre unknown_field"}) {
		t.Errorf("got %v", got)
	}
}

func loadError(file string) error {
	_, err := config.Load(config.Sources{File: file})
	return err
}

func TestEachRuleNamesItsSetting(t *testing.T) {
	for _, c := range []struct {
		flags map[string]string
		want  []string
	}{
		{flags("data_dir="), []string{"data_dir required"}},
		{flags("home_region=65"), []string{"home_region written_like"}},
		{flags("server.listen=8080"), []string{"server.listen written_like"}},
		{flags("server.public_url="), nil},
		{flags("server.public_url=chengqiao.example"), []string{"server.public_url written_like"}},
		{flags("server.public_url=https://chengqiao.example/"), []string{"server.public_url written_like"}},
		{flags("server.trusted_proxies=proxy"), []string{"server.trusted_proxies written_like"}},
		{flags("server.read_timeout=0s"), []string{"server.read_timeout at_least"}},
		{flags("server.max_body=1KiB"), []string{"server.max_body at_least"}},
		{flags("server.max_body=1GiB"), []string{"server.max_body at_most"}},
		{flags("server.requests_per_minute=-1"), []string{"server.requests_per_minute at_least"}},
		{flags("database.driver=mysql"), []string{"database.driver one_of"}},
		{flags("database.driver=postgres"), []string{"database.dsn required"}},
		{flags("database.migrate_dsn=other.db"), []string{"database.migrate_dsn given_twice"}},
		{flags("database.max_connections=0"), []string{"database.max_connections at_least"}},
		{flags("embedding.url=http://10.0.0.7:8080/v1"), []string{"embedding.model required"}},
		{flags("embedding.url=host:7700", "embedding.model=m", "embedding.batch=0", "embedding.timeout=1ms"), []string{"embedding.batch at_least", "embedding.timeout at_least", "embedding.url written_like"}},
		{flags("embedding.batch=0"), nil},
		{flags("search.engine=meilisearch"), []string{"search.key required", "search.url required"}},
		{flags("search.engine=meilisearch", "search.key=k", "search.url=host:7700"), []string{"search.url written_like"}},
		{flags("search.engine=meilisearch", "search.key=k", "search.url=http://h", "search.index_prefix=A B"), []string{"search.index_prefix written_like"}},
		{flags("kv.backend=redis"), []string{"kv.url required"}},
		{flags("kv.backend=memcached"), []string{"kv.backend one_of"}},
		{flags("blob.backend=s3"), []string{"blob.access_key required", "blob.bucket required", "blob.endpoint required", "blob.secret_key required"}},
		{flags("blob.backend=s3", "blob.endpoint=https://s3.example.com/storage/v1", "blob.bucket=b", "blob.access_key=a", "blob.secret_key=s"), []string{"blob.endpoint no_path"}},
		{flags("blob.backend=s3", "blob.endpoint=https://s3.example.com/", "blob.bucket=b", "blob.access_key=a", "blob.secret_key=s"), nil},
		{flags("mail.from=成桥"), []string{"mail.from written_like"}},
		{flags("mail.backend=smtp"), []string{"mail.host required"}},
		{flags("mail.backend=smtp", "mail.host=h", "mail.port=0", "mail.security=ssl", "mail.username=u"),
			[]string{"mail.password required", "mail.port at_least", "mail.security one_of"}},
		{flags("auth.argon2_memory_kib=64"), []string{"auth.argon2_memory_kib at_least"}},
		{flags("auth.session_ttl=1s", "auth.sign_in_attempts=0"), []string{"auth.session_ttl at_least", "auth.sign_in_attempts at_least"}},
		{flags("listing.confirm_after_days=7"), []string{"listing.remind_before_days at_most", "listing.remind_days at_most"}},
		{flags("outbox.workers=0", "outbox.max_attempts=0"), []string{"outbox.max_attempts at_least", "outbox.workers at_least"}},
		{flags("log.level=loud", "log.format=xml"), []string{"log.format one_of", "log.level one_of"}},
		{flags("tracing.endpoint=http://127.0.0.1:4318/"), []string{"tracing.endpoint written_like"}},
		{flags("metrics.listen=9464", "tracing.share=-1"), []string{"metrics.listen written_like", "tracing.share at_least"}},
		{flags("tracing.share=tenth"), []string{"tracing.share written_like"}},
		// What an unused adapter needs is not asked for.
		{flags("mail.port=0", "search.url=nonsense"), nil},
	} {
		_, err := config.Load(config.Sources{Flags: c.flags})
		if got := faults(t, err); !slices.Equal(got, c.want) {
			t.Errorf("%v: got %q, want %q", c.flags, got, c.want)
		}
	}
}

func TestEveryFaultHasATextInBothLanguages(t *testing.T) {
	for _, locale := range message.Locales {
		problems, fields := message.Codes(locale)
		if problems[config.ErrInvalid.Code] == "" {
			t.Errorf("%s has no text for %s", locale, config.ErrInvalid.Code)
		}
		for _, code := range []string{
			"required", "wrong_type", "not_a_number", "unknown_field", "too_short", "written_like",
			"file_unreadable", "given_twice", "one_of", "at_least", "at_most", "wrong_duration", "wrong_size", "underscores", "no_path",
		} {
			if fields[code] == "" {
				t.Errorf("%s has no text for the field code %s", locale, code)
			}
		}
	}
}

func TestAServerOnPostgresMeilisearchAndRedis(t *testing.T) {
	dsn := write(t, "dsn", "postgres://chengqiao:geheim@db/chengqiao\n")
	c, err := config.Load(config.Sources{Flags: map[string]string{
		"database.driver": "postgres", "database.dsn_file": dsn, "database.migrate_dsn": "postgres://owner@db/chengqiao",
		"search.engine": "meilisearch", "search.url": "http://search:7700", "search.key_file": write(t, "key", "schlüssel\r\n"),
		"kv.backend": "redis", "kv.url": "redis://:pw@kv:6379/0",
		"blob.backend": "s3", "blob.endpoint": "https://s3.example.com", "blob.bucket": "b", "blob.access_key": "a", "blob.secret_key": "s",
		"mail.backend": "smtp", "mail.host": "mail.example.com", "mail.username": "u", "mail.password_file": write(t, "pw", " with spaces "),
	}})
	if err != nil {
		t.Fatal(err)
	}
	for want, got := range map[string]config.Secret{
		"postgres://chengqiao:geheim@db/chengqiao": c.Database.DSN, "postgres://owner@db/chengqiao": c.Database.MigrateDSN,
		"schlüssel": c.Search.Key, "redis://:pw@kv:6379/0": c.KV.URL, " with spaces ": c.Mail.Password,
	} {
		if got.Reveal() != want {
			t.Errorf("got %q, want %q", got.Reveal(), want)
		}
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	const secret = "geheim"
	c := config.Default()
	c.Search.Key, c.Mail.Password = secret, secret
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("start", "config", c, "key", c.Search.Key)
	for name, printed := range map[string]string{
		"%v": fmt.Sprintf("%v", c), "%+v": fmt.Sprintf("%+v", c), "%#v": fmt.Sprintf("%#v", c), "print": fmt.Sprint(c.Search.Key),
		"%q": fmt.Sprintf("%q", c.Search.Key), "%x": fmt.Sprintf("%x", c.Search.Key), "json": string(asJSON), "slog": logged.String(),
	} {
		if strings.Contains(printed, secret) || strings.Contains(printed, fmt.Sprintf("%x", secret)) {
			t.Errorf("%s prints it: %s", name, printed)
		}
	}
	_, err = config.Load(config.Sources{Flags: map[string]string{"kv.url": "redis://:" + secret + "@kv", "kv.url_file": "/x", "kv.backend": "x"}})
	if err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("the error tells it: %v", err)
	}
}

func TestAFileThatCannotBeReadIsTold(t *testing.T) {
	if _, err := config.Load(config.Sources{File: "/does/not/exist.yaml"}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	broken := write(t, "broken.yaml", "server: [")
	if _, err := config.Load(config.Sources{File: broken}); err == nil || !strings.Contains(err.Error(), broken) {
		t.Errorf("got %v", err)
	}
}

// faults are "key code" of a configuration error, in order.
func faults(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	if !errors.Is(err, config.ErrInvalid) {
		t.Fatalf("got %v", err)
	}
	var out []string
	for _, f := range errs.As(err).Fields {
		out = append(out, f.Path+" "+f.Code)
	}
	return out
}

func flags(settings ...string) map[string]string {
	out := map[string]string{}
	for _, s := range settings {
		key, value, _ := strings.Cut(s, "=")
		out[key] = value
	}
	return out
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// defaults are the settings of default.yaml by key.
func defaults(t *testing.T) map[string]any {
	t.Helper()
	content, err := data.Files.ReadFile("default.yaml")
	if err != nil {
		t.Fatal(err)
	}
	k := koanf.New(".")
	if err := k.Load(rawbytes.Provider(content), yaml.Parser()); err != nil {
		t.Fatal(err)
	}
	return k.All()
}

func keysOf(structure reflect.Type, prefix string) map[string]reflect.Type {
	keys := map[string]reflect.Type{}
	for field := range structure.Fields() {
		key := prefix + field.Tag.Get("koanf")
		if field.Type.Kind() == reflect.Struct {
			maps.Copy(keys, keysOf(field.Type, key+"."))
			continue
		}
		keys[key] = field.Type
	}
	return keys
}
