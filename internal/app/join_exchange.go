package app

import (
	"context"
	"encoding/binary"
	"io"
	"time"

	embeddedconfig "chengqiao/config"
	"chengqiao/internal/account"
	"chengqiao/internal/event"
	"chengqiao/internal/exchange"
	"chengqiao/internal/httpapi"
	"chengqiao/internal/importer"
	"chengqiao/internal/kv"
	"chengqiao/internal/policy"
	"chengqiao/internal/store"
)

// buildExchange makes the services of imports and exports.
func (p *platform) buildExchange() error {
	var err error
	if p.mapping, err = importer.LoadMapping(embeddedconfig.Files, p.taxonomies); err != nil {
		return err
	}
	desk := importer.NewDesk(p.mapping, p.achievements, p.packages, p.needs, namedPeople{p.accounts})
	p.exchange = exchange.NewService(exchange.Deps{
		Tx: p.db, Store: store.NewExchange(p.db), Journal: p.journal, Records: desk, Progress: importProgress{p.kv}, Clock: p.clock,
	})
	return nil
}

// exporter writes organisations' own listings.
func (p *platform) exporter() *importer.Exporter {
	return importer.NewExporter(p.mapping, store.NewListings(p.db), personNames{p.accounts})
}

// commitImports takes the previews that people have confirmed.
func (p *platform) commitImports(ctx context.Context, events []event.Event) error {
	for _, e := range events {
		if err := p.exchange.Commit(ctx, e.Subject); err != nil {
			return err
		}
	}
	return nil
}

// namedPeople lets imports name contributors.
type namedPeople struct{ accounts *account.Service }

var _ importer.People = namedPeople{}

func (j namedPeople) Named(ctx context.Context, actor policy.Actor, org, name string) ([]string, error) {
	people, err := j.accounts.Persons(ctx, actor, org, name)
	var ids []string
	for _, p := range people {
		if p.Name == name {
			ids = append(ids, p.ID)
		}
	}
	return ids, err
}

func (j namedPeople) Enter(ctx context.Context, actor policy.Actor, org, name string) (string, error) {
	p, err := j.accounts.NamePerson(ctx, actor, org, name, "")
	return p.ID, err
}

// importProgress keeps how far commits are where all replicas see it.
type importProgress struct{ cache kv.Cache }

var _ exchange.Progress = importProgress{}

// progressKept is longer than any commit takes.
const progressKept = time.Hour

func (j importProgress) Set(ctx context.Context, id string, done int64) {
	_ = j.cache.Set(ctx, "import:"+id, binary.BigEndian.AppendUint64(nil, uint64(done)), progressKept) // only for those who watch
}

func (j importProgress) Get(ctx context.Context, id string) int64 {
	raw, ok, err := j.cache.Get(ctx, "import:"+id)
	if err != nil || !ok || len(raw) != 8 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(raw))
}

// sheets writes the files that people get.
type sheets struct{ p *platform }

var _ httpapi.Sheets = sheets{}

func (j sheets) Template(w io.Writer, kind, format, locale string) error {
	return j.p.mapping.Template(w, kind, importer.Format(format), locale)
}

func (j sheets) Export(ctx context.Context, actor policy.Actor, kind, format, locale string, w io.Writer) error {
	return j.p.exporter().Export(ctx, actor, actor.OrgID, kind, importer.Format(format), locale, w)
}
