package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	embeddedconfig "chengqiao/config"
	"chengqiao/internal/account"
	"chengqiao/internal/errs"
	"chengqiao/internal/importer"
	"chengqiao/internal/message"
	"chengqiao/internal/policy"
	"chengqiao/internal/store"
)

// importFlags are what an import is told.
type importFlags struct {
	owner, source, onError, report, harvest string
	publish, json                           bool
}

func importCommand(flags *settingFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Import achievements, packages or needs from JSON Lines, CSV or XLSX",
		Long: "Reads JSON Lines or CSV (plain or .gz) or XLSX; the columns are described in docs/import.md. A record is known\n" +
			"again by owner, source and id: importing a file twice changes nothing. Rejected lines are listed with\n" +
			"number and reason on standard error, or in the file of --report as JSON Lines.\n" +
			"The counts are told of an import that ended early too; with --json \"stopped\" says where and why.\n" +
			"With --harvest the records are another platform's: each listing shows its source, licence and a link back,\n" +
			"and those that the source has no more are marked (profiles in config/harvest.yaml).\n" +
			"Exit code 3 when lines were rejected.",
		Example: "  chengqiao import achievements records.jsonl.gz --owner 12650100D00000128Y --publish --on-error skip\n" +
			"  chengqiao import needs needs.csv --owner 12650100D00000128Y --report rejected.jsonl\n" +
			"  chengqiao import achievements records.jsonl.gz --owner 12650100D00000128Y --harvest nasa-software --publish --on-error skip",
		Args: cobra.ArbitraryArgs,
		RunE: choose,
	}
	for _, kind := range []string{"achievements", "packages", "needs"} {
		var f importFlags
		one := &cobra.Command{
			Use:     kind + " FILE",
			Short:   "Import " + kind,
			Example: "  chengqiao import " + kind + " records.jsonl.gz --owner 天山绿洲农业研究院（演示） --publish --on-error skip",
			Args:    exactly(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				if f.onError != string(importer.Stop) && f.onError != string(importer.Skip) {
					return usageError("--on-error takes stop or skip, not %q", f.onError)
				}
				if f.owner == "" {
					return usageError("--owner is needed: the id, credit code or exact name of the organisation whose listings they become")
				}
				return runImport(cmd, flags, kind, args[0], f)
			},
		}
		one.Flags().StringVar(&f.owner, "owner", "", "organisation that will own the listings: its id, credit code or exact name")
		one.Flags().StringVar(&f.source, "source", importer.DefaultSource, "name of the collection; with the record's id it tells records apart")
		one.Flags().BoolVar(&f.publish, "publish", false, "publish at once; the review is recorded as the system's")
		one.Flags().StringVar(&f.onError, "on-error", string(importer.Stop), "stop: nothing of the file is taken; skip: the good lines are")
		one.Flags().StringVar(&f.report, "report", "", "write rejected lines to this file as JSON Lines")
		one.Flags().StringVar(&f.harvest, "harvest", "", "profile of the platform whose records these are; it names the collection")
		one.Flags().BoolVar(&f.json, "json", false, "print the counts as JSON")
		cmd.AddCommand(one)
	}
	return cmd
}

func runImport(cmd *cobra.Command, flags *settingFlags, kind, path string, f importFlags) error {
	cfg, err := flags.loadExisting()
	if err != nil {
		return err
	}
	file, err := importer.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return usageError("there is no file %s", path)
	case err != nil:
		return usageError("%s: %s", path, explain(err))
	}
	if sameFile(path, f.report) {
		return usageError("--report: %s is the file that is imported; it would be written over", f.report)
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
	rejections, closeReport, err := rejectionWriter(path, f.report, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	bar := newProgressLine(cmd.ErrOrStderr())
	var last importer.Rejection
	var unknown []string
	options := importer.Options{
		OwnerOrg: owner.ID, Source: f.source, Publish: f.publish, OnError: importer.OnError(f.onError),
		Rejected: func(r importer.Rejection) { last = r; rejections(r) }, Progress: func(at importer.Progress) {
			bar.show(at.Bytes, at.Total, fmt.Sprintf("%d read, %d rejected", at.Report.Read, at.Report.Rejected))
		},
		Unknown: func(columns []string) { unknown = columns },
	}
	if options.Harvest, err = p.harvesting(kind, f.harvest); err != nil {
		return err
	}
	if options.Harvest != nil {
		options.Source = options.Harvest.Profile
	}
	start := time.Now()
	report, err := p.importFile(cmd.Context(), kind, file, options)
	bar.end()
	if len(unknown) > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "columns that are not known were left out: %s\n", strings.Join(unknown, ", "))
	}
	early := endedEarly(err, last)
	if err == nil {
		err = p.findable(cmd)
	}
	err = errors.Join(err, closeReport(), tellImport(cmd.OutOrStdout(), f.json, report, unknown, time.Since(start), early))
	if errors.Is(err, importer.ErrStopped) {
		return differs("stopped at line %d, the first that was rejected; nothing of %s was taken (--on-error skip takes the good lines)", last.Line, path)
	}
	if err == nil && report.Rejected > 0 {
		return differs("%d lines were rejected", report.Rejected)
	}
	return err
}

// findable brings the search index up to date with what was imported, unless a
// server has the embedded index open: then it is that server's work.
func (p *platform) findable(cmd *cobra.Command) error {
	if err := p.openIndexes(cmd.Context()); err != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "the search index is not open to this command; a running server brings it up to date by itself (%v)\n", err)
		return nil
	}
	if err := p.index.catchUp(cmd.Context()); err != nil {
		return fmt.Errorf("imported, but the index is behind: %w", err)
	}
	return nil
}

// endedEarly says why and where an import ended before its file did; nil for
// one that did not.
func endedEarly(err error, last importer.Rejection) map[string]any {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, importer.ErrStopped):
		stopped := rejectedLine(last)
		stopped["code"] = importer.ErrStopped.Code
		return stopped
	case errors.Is(err, context.Canceled):
		return map[string]any{"code": "interrupted"}
	}
	return map[string]any{"code": errs.As(err).Code}
}

// tellImport writes what an import did, also one that ended early.
func tellImport(out io.Writer, asJSON bool, report importer.Report, unknown []string, took time.Duration, stopped map[string]any) error {
	if asJSON {
		counts := map[string]any{
			"read": report.Read, "created": report.Created, "updated": report.Updated, "unchanged": report.Unchanged,
			"rejected": report.Rejected, "vanished": report.Vanished, "seconds": took.Seconds(),
		}
		if len(unknown) > 0 {
			counts["unknown_columns"] = unknown
		}
		if stopped != nil {
			counts["stopped"] = stopped
		}
		return json.NewEncoder(out).Encode(counts)
	}
	_, err := fmt.Fprintf(out, "%d read: %d created, %d updated, %d unchanged, %d rejected, in %.1f s\n",
		report.Read, report.Created, report.Updated, report.Unchanged, report.Rejected, took.Seconds())
	if err == nil && report.Vanished > 0 {
		_, err = fmt.Fprintf(out, "%d records are at their source no more, and were marked\n", report.Vanished)
	}
	return err
}

// importFile imports a file of a kind ("needs").
func (p *platform) importFile(ctx context.Context, kind string, file importer.File, options importer.Options) (importer.Report, error) {
	actor, people := policy.SystemActor(), namedPeople{p.accounts}
	switch kind {
	case "needs":
		return importer.Needs(p.needs, p.db, p.mapping).Run(ctx, actor, file, options)
	case "packages":
		return importer.Packages(p.packages, p.db, p.mapping).Run(ctx, actor, file, options)
	}
	return importer.Achievements(p.achievements, p.db, p.mapping).Naming(people).Run(ctx, actor, file, options)
}

// harvesting is a harvest by its profile's name; nil for none.
func (p *platform) harvesting(kind, profile string) (*importer.Harvesting, error) {
	if profile == "" {
		return nil, nil
	}
	profiles, err := importer.LoadHarvests(embeddedconfig.Files, p.mapping)
	if err != nil {
		return nil, err
	}
	h, ok := profiles[profile]
	switch {
	case !ok:
		return nil, usageError("--harvest: there is no profile %q; there are %s", profile, strings.Join(slices.Sorted(maps.Keys(profiles)), ", "))
	case h.Kind+"s" != kind:
		return nil, usageError("--harvest: %s has %ss, not %s", profile, h.Kind, kind)
	}
	return &importer.Harvesting{Harvest: h, Origins: store.NewListings(p.db), At: p.clock.Now()}, nil
}

// organisationNamed finds one organisation by id, credit code or exact name.
func (p *platform) organisationNamed(ctx context.Context, called string) (account.Organisation, error) {
	if o, err := p.accountRows.Organisation(ctx, called); err == nil {
		return o, nil
	}
	var exact []account.Organisation
	filter := account.OrganisationFilter{Limit: account.MaxPage}
	for {
		found, err := p.accountRows.Organisations(ctx, filter)
		if err != nil {
			return account.Organisation{}, err
		}
		for _, o := range found {
			if strings.EqualFold(o.CreditCode, called) || o.Name.Zh == called || strings.EqualFold(o.Name.En, called) {
				exact = append(exact, o)
			}
		}
		if len(found) < filter.Limit {
			break
		}
		filter.After = found[len(found)-1].ID
	}
	switch len(exact) {
	case 0:
		return account.Organisation{}, usageError("no organisation is called %q", called)
	case 1:
		return exact[0], nil
	}
	return account.Organisation{}, usageError("%d organisations are called %q; name one by its id", len(exact), called)
}

// sameFile tells whether two paths name one file that is there.
func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// rejectionWriter tells of rejected lines: to a file as JSON Lines, or to the
// terminal with file and line.
func rejectionWriter(path, report string, terminal io.Writer) (func(importer.Rejection), func() error, error) {
	if report == "" {
		return func(r importer.Rejection) {
			for _, f := range r.Faults {
				fmt.Fprintf(terminal, "%s:%d: %s %s (%s)\n", path, r.Line, f.Path, message.Field("en", f.Code, f.Params), f.Code)
			}
		}, func() error { return nil }, nil
	}
	file, err := os.Create(report)
	if err != nil {
		return nil, nil, usageError("--report: %v", err)
	}
	buffered := bufio.NewWriter(file)
	encoder := json.NewEncoder(buffered)
	var failed error
	write := func(r importer.Rejection) {
		failed = errors.Join(failed, encoder.Encode(rejectedLine(r)))
	}
	return write, func() error { return errors.Join(failed, buffered.Flush(), file.Close()) }, nil
}

// rejectedLine is a rejected line as a program reads it.
func rejectedLine(r importer.Rejection) map[string]any {
	faults := make([]map[string]any, 0, len(r.Faults))
	for _, f := range r.Faults {
		faults = append(faults, map[string]any{"path": f.Path, "code": f.Code, "params": f.Params})
	}
	return map[string]any{"line": r.Line, "id": r.ID, "faults": faults}
}
