package app

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"chengqiao/internal/config"
	"chengqiao/internal/document"
	"chengqiao/internal/errs"
	"chengqiao/internal/message"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/telemetry"
)

// settingFlags are the flags with which every command takes its configuration:
// a file, and any key by name.
type settingFlags struct {
	file    string
	dataDir string
	set     []string
	// root is the command that has them.
	root *cobra.Command
}

func (f *settingFlags) register(cmd *cobra.Command) {
	f.root = cmd
	cmd.PersistentFlags().StringVarP(&f.file, "config", "c", os.Getenv("CHENGQIAO_CONFIG"), "configuration file (YAML); see config/default.yaml")
	cmd.PersistentFlags().StringVar(&f.dataDir, "data", "", "data folder, the same as --set data_dir=…")
	cmd.PersistentFlags().StringArrayVar(&f.set, "set", nil, "a setting, \"server.listen=:9000\"; may be repeated")
}

// load reads the configuration with a command's own settings, which --set
// overrides. All that is wrong is told at once, with the exit code of wrong usage.
func (f *settingFlags) load(own map[string]string) (config.Config, error) {
	for name, value := range map[string]string{"data": f.dataDir, "config": f.file} {
		// An empty variable in a script must not stand for the default.
		if value == "" && f.root.PersistentFlags().Changed(name) {
			return config.Config{}, usageError("--%s is empty", name)
		}
	}
	flags := maps.Clone(own)
	if flags == nil {
		flags = map[string]string{}
	}
	for _, s := range f.set {
		key, value, ok := strings.Cut(s, "=")
		if !ok {
			return config.Config{}, usageError("--set %q: not of the form key=value", s)
		}
		flags[key] = value
	}
	if f.dataDir != "" {
		flags["data_dir"] = f.dataDir
	}
	cfg, err := config.Load(config.Sources{File: f.file, Environ: os.Environ(), Flags: flags})
	if err == nil {
		err = checkKnown(cfg)
	}
	if err != nil {
		return config.Config{}, &exitError{exitUsage, errors.New(faultsOf(err))}
	}
	return cfg, nil
}

// checkKnown refuses settings that name what the program does not know: which
// types of documents there are is for their domain to say, which regions for the
// data that ship.
func checkKnown(cfg config.Config) error {
	taxonomies, err := shippedTaxonomies()
	if err != nil {
		return err
	}
	var faults []errs.Field
	for _, t := range cfg.Document.Types {
		if known := document.Types(); !slices.Contains(known, t) {
			faults = append(faults, errs.Field{Path: "document.types", Code: "one_of", Params: errs.Params{"choices": strings.Join(known, ", ")}})
			break
		}
	}
	if !taxonomies.Has(taxonomy.Region, cfg.HomeRegion) {
		faults = append(faults, errs.Field{Path: "home_region", Code: "one_of", Params: errs.Params{"choices": "the codes in config/taxonomies/region.yaml"}})
	}
	if len(faults) > 0 {
		return &errs.Error{Kind: config.ErrInvalid.Kind, Code: config.ErrInvalid.Code, Fields: faults}
	}
	return nil
}

// loadExisting is load for commands that work on what there is. A folder that
// was mistyped would be made, and be empty.
func (f *settingFlags) loadExisting() (config.Config, error) {
	cfg, err := f.load(nil)
	if err != nil || cfg.Database.Driver != "sqlite" {
		return cfg, err
	}
	path := cfg.Database.DSN.Reveal()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return cfg, usageError("there is no database %s: --data names another folder, or `chengqiao migrate` makes it", path)
	}
	return cfg, nil
}

// faultsOf lists the faults of a configuration, a line each.
func faultsOf(err error) string {
	e := errs.As(err)
	if len(e.Fields) == 0 {
		return err.Error()
	}
	var b strings.Builder
	b.WriteString("the configuration does not hold:")
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "\n  %s: %s", f.Path, message.Field("en", f.Code, f.Params))
	}
	return b.String()
}

func newLogger(cfg config.Log, w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
		level = slog.LevelInfo // validated before; unreachable but for a new level name
	}
	options := &slog.HandlerOptions{Level: level}
	if cfg.Format == "json" {
		return slog.New(telemetry.Traced(slog.NewJSONHandler(w, options)))
	}
	return slog.New(telemetry.Traced(slog.NewTextHandler(w, options)))
}
