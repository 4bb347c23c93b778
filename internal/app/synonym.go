package app

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"chengqiao/internal/policy"
	"chengqiao/internal/synonym"
	"chengqiao/internal/taxonomy"
)

func synonymCommand(flags *settingFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use: "synonym", Short: "List, export and import the synonyms of search and matching",
		Long: "The list is stored in the database: a running server sees a change within seconds and makes its indexes\n" +
			"anew behind those that answer. What ships and nobody changed comes with the program.",
		Example: "  chengqiao synonym list --field agriculture\n  chengqiao synonym export > synonyms.yaml\n  chengqiao synonym import synonyms.yaml",
		Args:    cobra.ArbitraryArgs, RunE: choose,
	}
	cmd.AddCommand(synonymListCommand(flags), synonymExportCommand(flags), synonymImportCommand(flags))
	return cmd
}

// withSynonyms runs a command over the list; it needs no index.
func withSynonyms(cmd *cobra.Command, flags *settingFlags, run func(list *synonym.Service) error) error {
	cfg, err := flags.loadExisting()
	if err != nil {
		return err
	}
	p, err := openStores(cmd.Context(), cfg, newLogger(cfg.Log, cmd.ErrOrStderr()))
	if err != nil {
		return err
	}
	defer p.Close()
	return run(p.synonymList)
}

// synonymPage is how many groups are read at a time.
const synonymPage = 500

func synonymListCommand(flags *settingFlags) *cobra.Command {
	var field, state string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "Show the groups, a line each: field, state, expressions",
		Example: "  chengqiao synonym list --state changed",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if state != "" && !slices.Contains(synonym.AllStates, synonym.State(state)) {
				return usageError("--state takes shipped, changed, disabled or own, not %q", state)
			}
			taxonomies, err := shippedTaxonomies()
			if err != nil {
				return err
			}
			if field != "" && !taxonomies.Has(taxonomy.TechnicalField, field) {
				return usageError("--field takes the code of a technical field (agriculture, new_energy …), not %q", field)
			}
			return withSynonyms(cmd, flags, func(list *synonym.Service) error {
				f := synonym.Filter{Field: field, State: synonym.State(state), Limit: synonymPage}
				for {
					page, err := list.Groups(cmd.Context(), policy.SystemActor(), f)
					if err != nil {
						return err
					}
					for _, g := range page.Items {
						if err := writeGroup(cmd.OutOrStdout(), g, asJSON); err != nil {
							return err
						}
					}
					if f.After = page.Next; f.After == "" {
						return nil
					}
				}
			})
		},
	}
	cmd.Flags().StringVar(&field, "field", "", "only those of a technical field, by its code")
	cmd.Flags().StringVar(&state, "state", "", "only those that are shipped, changed, disabled or own")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object a line")
	return cmd
}

func writeGroup(w io.Writer, g synonym.Group, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(map[string]any{"id": g.ID, "field": g.Field, "state": g.State, "expressions": g.Expressions})
	}
	_, err := fmt.Fprintf(w, "%-22s %-8s %s\n", g.Field, g.State, strings.Join(g.Expressions, ", "))
	return err
}

func synonymExportCommand(flags *settingFlags) *cobra.Command {
	return &cobra.Command{
		Use: "export", Short: "Write the list in use as YAML to standard output",
		Example: "  chengqiao synonym export > synonyms.yaml",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withSynonyms(cmd, flags, func(list *synonym.Service) error {
				content, _, err := list.Export(cmd.Context(), policy.SystemActor())
				if err != nil {
					return err
				}
				_, err = cmd.OutOrStdout().Write(content)
				return err
			})
		},
	}
}

func synonymImportCommand(flags *settingFlags) *cobra.Command {
	return &cobra.Command{
		Use: "import FILE", Short: "Make the list what a YAML file says; - is standard input",
		Long: "The file is the whole list: what ships and is not in it is switched off, and what an operator added and\n" +
			"is not in it is taken out. All or nothing: a fault is told with its line.",
		Example: "  chengqiao synonym import synonyms.yaml",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			content, err := readBounded(cmd.InOrStdin(), args[0], synonym.MaxFile)
			if err != nil {
				return err
			}
			return withSynonyms(cmd, flags, func(list *synonym.Service) error {
				revision, err := list.Revision(cmd.Context())
				if err != nil {
					return err
				}
				done, err := list.Import(cmd.Context(), policy.SystemActor(), revision.Number, content)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d added, %d changed, %d switched off, %d as they ship again, %d removed\n",
					done.Added, done.Changed, done.Disabled, done.Restored, done.Removed)
				return err
			})
		},
	}
}

// readBounded reads a file, or standard input for "-", up to one byte more than
// a bound: what is longer is refused by whoever knows why.
func readBounded(stdin io.Reader, path string, bound int64) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(io.LimitReader(stdin, bound+1))
	}
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, bound+1))
}

// openFile opens a file that a command was told to read; one that is not there,
// or is a folder, is wrong usage.
func openFile(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usageError("%v", err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		_ = f.Close()
		return nil, usageError("%s is a folder, not a file", path)
	}
	return f, nil
}
