package app

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"chengqiao/internal/importer"
	"chengqiao/internal/policy"
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

func runExport(cmd *cobra.Command, flags *settingFlags, kind string, f exportFlags) (err error) {
	cfg, err := flags.load(nil)
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
	var out io.Writer = cmd.OutOrStdout()
	if f.out != "" {
		file, opening := os.Create(f.out)
		if opening != nil {
			return usageError("--out: %v", opening)
		}
		defer func() {
			if closing := file.Close(); err == nil && closing != nil {
				err = fmt.Errorf("--out: %w", closing)
			}
		}()
		out = file
	}
	return p.exporter().Export(cmd.Context(), policy.SystemActor(), owner.ID, kind, importer.Format(f.format), f.locale, out)
}
