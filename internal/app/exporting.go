package app

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"chengqiao/internal/importer"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// exportFlags are what an export is told.
type exportFlags struct {
	owner, format, locale, out string
}

func exportCommand(flags *settingFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Export an organisation's achievements, packages or needs as CSV, XLSX or JSON Lines",
		Long: "Writes the listings of one organisation that have not ended: of each its working copy, or else its live\n" +
			"version. `import` reads each of the formats; importing an export changes nothing.",
		Example: "  chengqiao export achievements --owner 12650100D00000128Y --format xlsx --out achievements.xlsx",
		Args:    cobra.ArbitraryArgs,
		RunE:    choose,
	}
	for kind, one := range map[string]string{"achievements": "achievement", "packages": "package", "needs": "need"} {
		var f exportFlags
		sub := &cobra.Command{
			Use:     kind,
			Short:   "Export " + kind,
			Example: "  chengqiao export " + kind + " --owner 天山绿洲农业研究院（演示） --format csv > " + kind + ".csv",
			Args:    exactly(0),
			RunE: func(cmd *cobra.Command, _ []string) error {
				if f.owner == "" {
					return usageError("--owner is needed: the id, credit code or exact name of the organisation")
				}
				switch importer.Format(f.format) {
				case importer.CSV, importer.XLSX, importer.JSON:
				default:
					return usageError("--format takes csv, xlsx or jsonl, not %q", f.format)
				}
				if f.locale != text.Chinese && f.locale != text.English {
					return usageError("--locale takes %s or %s, not %q", text.Chinese, text.English, f.locale)
				}
				return runExport(cmd, flags, one, f)
			},
		}
		sub.Flags().StringVar(&f.owner, "owner", "", "organisation whose listings they are: its id, credit code or exact name")
		sub.Flags().StringVar(&f.format, "format", string(importer.CSV), "csv, xlsx or jsonl")
		sub.Flags().StringVar(&f.locale, "locale", "zh-CN", "language of headings and names: zh-CN or en")
		sub.Flags().StringVar(&f.out, "out", "", "file to write; without it, standard output")
		cmd.AddCommand(sub)
	}
	return cmd
}

func runExport(cmd *cobra.Command, flags *settingFlags, kind string, f exportFlags) error {
	cfg, err := flags.loadExisting()
	if err != nil {
		return err
	}
	p, err := openStores(cmd.Context(), cfg, newLogger(cfg.Log, cmd.ErrOrStderr()))
	if err != nil {
		return err
	}
	defer p.Close()
	owner, err := p.organisationNamed(cmd.Context(), f.owner)
	if err != nil {
		return err
	}
	export := func(out io.Writer) error {
		return p.exporter().Export(cmd.Context(), policy.SystemActor(), owner.ID, kind, importer.Format(f.format), f.locale, out)
	}
	if f.out == "" {
		return export(cmd.OutOrStdout())
	}
	return writeWhole("--out", f.out, 0, export)
}

// writeWhole writes a file that takes the place of the one before when it is
// whole: an export that is interrupted, or has no room, leaves what there was.
// What is no file (a pipe, a terminal) is written to as it comes. The file's
// permissions are mode, or where that is 0 those of the file before. An error of
// opening it is wrong usage of the flag.
func writeWhole(flag, path string, mode os.FileMode, write func(io.Writer) error) error {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		out, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return usageError("%s: %v", flag, err)
		}
		return errors.Join(write(out), out.Close())
	}
	out, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return usageError("%s: %v", flag, err)
	}
	defer os.Remove(out.Name())
	switch {
	case mode != 0:
	case info != nil:
		mode = info.Mode().Perm()
	default:
		mode = 0o644
	}
	err = write(out)
	if err == nil {
		err = out.Sync() // of a file that was not written the name would be left, empty, after a power cut
	}
	if err := errors.Join(err, out.Chmod(mode), out.Close()); err != nil {
		return err
	}
	return os.Rename(out.Name(), path)
}
