package config

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"

	data "chengqiao/config"
	"chengqiao/internal/errs"
)

// ErrInvalid matches what Load returns for wrong settings; its Fields have the
// settings' keys as paths.
var ErrInvalid = errs.New(errs.Invalid, "invalid_configuration")

// Codes of single settings beyond those that every body shares.
const (
	codeUnreadable  = "file_unreadable" // Params: path
	codeTwice       = "given_twice"     // Params: other
	codeOneOf       = "one_of"          // Params: choices
	codeNoPath      = "no_path"         // Params: path
	codeAtLeast     = "at_least"        // Params: min
	codeAtMost      = "at_most"         // Params: max
	codeUnderscores = "underscores"     // Params: name
	codeWrittenLike = "written_like"    // Params: example
)

var (
	wrongType     = &faultyValue{code: "wrong_type"}
	wrongDuration = &faultyValue{code: "wrong_duration"}
	wrongSize     = &faultyValue{code: "wrong_size"}
	notANumber    = &faultyValue{code: "not_a_number"}
	notADecimal   = &faultyValue{codeWrittenLike, errs.Params{"example": "0.1"}}
	notABool      = &faultyValue{codeOneOf, errs.Params{"choices": "true, false"}}
)

// faultyValue is what is wrong with a single value.
type faultyValue struct {
	code   string
	params errs.Params
}

// Sources are where settings come from, beside the defaults.
type Sources struct {
	// File is a YAML file; empty means none.
	File string
	// Environ is as os.Environ gives it. CHENGQIAO_SERVER__LISTEN is server.listen.
	Environ []string
	// Flags are settings by key, "server.listen".
	Flags map[string]string
}

const envPrefix = "CHENGQIAO_"

// EnvFile is the variable that names the settings' file where no flag does.
const EnvFile = envPrefix + "CONFIG"

// Default is the configuration without any source.
func Default() Config {
	c, err := Load(Sources{})
	if err != nil {
		panic("config: the shipped defaults are wrong: " + err.Error())
	}
	return c
}

// Load merges the sources over the defaults and checks everything. Its error
// matches ErrInvalid and names all faults, or tells that the file cannot be read.
func Load(from Sources) (Config, error) {
	defaults, err := data.Files.ReadFile("default.yaml")
	if err != nil {
		return Config{}, err
	}
	var c Config
	fields := fieldsOf(&c)
	merged := koanf.New(".")
	if err := merged.Load(rawbytes.Provider(defaults), yaml.Parser()); err != nil {
		return Config{}, fmt.Errorf("default.yaml: %w", err)
	}
	if from.File != "" {
		content, err := os.ReadFile(from.File)
		if err != nil {
			return Config{}, fmt.Errorf("read the configuration: %w", err)
		}
		own := koanf.New(".")
		if err := own.Load(rawbytes.Provider(content), yaml.Parser()); err != nil {
			return Config{}, fmt.Errorf("read the configuration: %s: %w", from.File, err)
		}
		if err := merged.Merge(withoutEmptySections(own, fields)); err != nil {
			return Config{}, err
		}
	}
	if err := merged.Load(environment(from.Environ, fields), nil); err != nil {
		return Config{}, err
	}
	flags := map[string]any{}
	for key, value := range from.Flags {
		flags[key] = value
	}
	if err := merged.Load(confmap.Provider(flags, "."), nil); err != nil {
		return Config{}, err
	}

	faults := fill(fields, merged.All())
	faults = append(faults, underscoreFaults(from.Environ, fields)...)
	faults = append(faults, readSecrets(fields)...)
	c.resolve()
	if len(faults) == 0 {
		// Rules between settings make sense only when each could be read.
		faults = c.validate()
	}
	if len(faults) > 0 {
		slices.SortStableFunc(faults, func(a, b errs.Field) int { return strings.Compare(a.Path, b.Path) })
		return Config{}, &errs.Error{Kind: ErrInvalid.Kind, Code: ErrInvalid.Code, Fields: faults}
	}
	return c, nil
}

// environment takes the variables that name settings. One with two underscores
// in the middle is meant for us, so a misspelt one comes through and is
// reported; others may be somebody else's: Kubernetes sets CHENGQIAO_PORT in
// every container beside a service of our name.
func environment(environ []string, fields map[string]reflect.Value) koanf.Provider {
	return env.Provider(".", env.Opt{
		Prefix:      envPrefix,
		EnvironFunc: func() []string { return environ },
		TransformFunc: func(name, value string) (string, any) {
			key := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, envPrefix), "__", "."))
			if _, ok := fields[key]; !ok && !strings.Contains(key, ".") {
				return "", nil
			}
			return key, value
		},
	})
}

// withoutEmptySections leaves out a section in which nothing stands, as after
// all of its lines were commented out: its settings keep their defaults.
func withoutEmptySections(file *koanf.Koanf, fields map[string]reflect.Value) *koanf.Koanf {
	for name, value := range file.All() {
		if value != nil {
			continue
		}
		for key := range fields {
			if strings.HasPrefix(key, name+".") {
				file.Delete(name)
				break
			}
		}
	}
	return file
}

// underscoreFaults are the variables that name a setting with one underscore
// where two belong. Left alone they would change nothing, and nobody would know:
// CHENGQIAO_DATABASE_DRIVER=postgres serves SQLite. What Kubernetes sets for a
// service of the name chengqiao-mail is the address of a port.
func underscoreFaults(environ []string, fields map[string]reflect.Value) []errs.Field {
	meant := map[string]string{}
	for key := range fields {
		if strings.Contains(key, ".") {
			meant[strings.ReplaceAll(key, ".", "_")] = key
		}
	}
	var faults []errs.Field
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		short, ours := strings.CutPrefix(name, envPrefix)
		key, ok := meant[strings.ToLower(short)]
		if !ours || !ok || strings.HasPrefix(value, "tcp://") || strings.HasPrefix(value, "udp://") {
			continue
		}
		right := envPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "__"))
		faults = append(faults, errs.Field{Path: name, Code: codeUnderscores, Params: errs.Params{"name": right}})
	}
	return faults
}

// fieldsOf gives the settable fields by key.
func fieldsOf(c *Config) map[string]reflect.Value {
	fields := map[string]reflect.Value{}
	var walk func(prefix string, v reflect.Value)
	walk = func(prefix string, v reflect.Value) {
		for i := range v.NumField() {
			key := prefix + v.Type().Field(i).Tag.Get("koanf")
			if v.Field(i).Kind() == reflect.Struct {
				walk(key+".", v.Field(i))
				continue
			}
			fields[key] = v.Field(i)
		}
	}
	walk("", reflect.ValueOf(c).Elem())
	return fields
}

func fill(fields map[string]reflect.Value, values map[string]any) []errs.Field {
	var faults []errs.Field
	for key, value := range values {
		field, ok := fields[key]
		if !ok {
			faults = append(faults, errs.Field{Path: key, Code: "unknown_field"})
			continue
		}
		if fault := set(field, value); fault != nil {
			faults = append(faults, errs.Field{Path: key, Code: fault.code, Params: fault.params})
		}
	}
	return faults
}

const fileSuffix = "_file"

// readSecrets puts the content of each named file in its secret's place.
func readSecrets(fields map[string]reflect.Value) []errs.Field {
	var faults []errs.Field
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		secret := fields[key]
		if secret.Type() != secretType {
			continue
		}
		path := fields[key+fileSuffix].String()
		switch {
		case path == "":
		case secret.String() != "":
			faults = append(faults, errs.Field{Path: key, Code: codeTwice, Params: errs.Params{"other": key + fileSuffix}})
		default:
			content, err := os.ReadFile(path)
			if err != nil {
				faults = append(faults, errs.Field{Path: key + fileSuffix, Code: codeUnreadable, Params: errs.Params{"path": path}})
				continue
			}
			// Editors and `echo` end files with a line break that is no part of it.
			secret.SetString(strings.TrimRight(string(content), "\r\n"))
		}
	}
	return faults
}

// resolve fills in what follows from other settings.
func (c *Config) resolve() {
	below := func(name string) string { return filepath.Join(c.DataDir, name) }
	if c.Database.DSN == "" && c.Database.Driver == "sqlite" {
		c.Database.DSN = Secret(below("chengqiao.db"))
	}
	if c.Database.MigrateDSN == "" {
		c.Database.MigrateDSN = c.Database.DSN
	}
	for _, dir := range []struct {
		path *string
		name string
	}{{&c.Search.Dir, "search"}, {&c.Blob.Dir, "files"}, {&c.Mail.Dir, "mail"}} {
		if *dir.path == "" {
			*dir.path = below(dir.name)
		}
	}
}
