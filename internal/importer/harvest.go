package importer

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"chengqiao/internal/clock"
	"chengqiao/internal/listing"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// harvestFile is the place of harvest profiles among the program's data files.
const harvestFile = "harvest.yaml"

// Harvest is another platform whose records are taken over.
type Harvest struct {
	// Profile is its name in the configuration, and the collection's.
	Profile string
	// Kind is the kind of listings that its records become.
	Kind string
	// Named is what listings show of it.
	Named listing.OriginName

	form    string
	fields  map[string]string
	mapping *Mapping
}

// Harvesting is a harvest on its way into the catalogue.
type Harvesting struct {
	*Harvest
	Origins listing.Origins
	// At is when it began.
	At time.Time
}

// harvestBy is the property of the columns whose words lead to technical fields.
const harvestBy = "harvest_by"

// LoadHarvests reads the profiles among the program's data files, by name.
func LoadHarvests(files fs.FS, m *Mapping) (map[string]*Harvest, error) {
	raw, err := fs.ReadFile(files, harvestFile)
	if err != nil {
		return nil, fmt.Errorf("harvest profiles: %w", err)
	}
	return ParseHarvests(raw, m)
}

// ParseHarvests reads profiles. It refuses unknown keys, kinds and codes, and a
// profile without a name or a licence: what is taken over is never shown
// without them.
func ParseHarvests(raw []byte, m *Mapping) (map[string]*Harvest, error) {
	var w struct {
		Profiles map[string]struct {
			Kind       string              `yaml:"kind"`
			Name       text.Text           `yaml:"name"`
			Home       string              `yaml:"home"`
			Licence    text.Text           `yaml:"licence"`
			LicenceURL string              `yaml:"licence_url"`
			Contact    string              `yaml:"contact"`
			Columns    map[string][]string `yaml:"columns"`
			Form       string              `yaml:"form"`
			By         []string            `yaml:"by"`
			Fields     map[string]string   `yaml:"fields"`
		} `yaml:"profiles"`
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&w); err != nil {
		return nil, fmt.Errorf("harvest profiles: %w", err)
	}
	out := map[string]*Harvest{}
	for name, p := range w.Profiles {
		_, known := shapes[p.Kind]
		switch {
		case !known:
			return nil, fmt.Errorf("harvest profile %s: %q is no kind of listing", name, p.Kind)
		case p.Name.IsZero() || p.Licence.IsZero():
			return nil, fmt.Errorf("harvest profile %s: a name and a licence are needed", name)
		case p.Contact != "source" && p.Contact != "owner":
			return nil, fmt.Errorf("harvest profile %s: contact is source or owner, not %q", name, p.Contact)
		case p.Form != "" && !m.taxonomies.Has(taxonomy.Form, p.Form):
			return nil, fmt.Errorf("harvest profile %s: unknown form %q", name, p.Form)
		}
		h := &Harvest{Profile: name, Kind: p.Kind, form: p.Form, fields: map[string]string{}, Named: listing.OriginName{
			Name: p.Name, Home: p.Home, Licence: p.Licence, LicenceURL: p.LicenceURL, AtSource: p.Contact == "source",
		}}
		for words, field := range p.Fields {
			if !m.taxonomies.Has(taxonomy.TechnicalField, field) {
				return nil, fmt.Errorf("harvest profile %s: %s leads to the unknown technical field %q", name, words, field)
			}
			h.fields[text.Fold(words)] = field
		}
		h.mapping = m.extended(p.Kind, h, p.Columns, p.By)
		out[name] = h
	}
	return out, nil
}

// extended is the mapping with a source's own columns, which come before others.
func (m *Mapping) extended(kind string, h *Harvest, columns map[string][]string, by []string) *Mapping {
	out := *m
	out.harvest = h
	out.kinds = maps.Clone(m.kinds)
	k := out.kinds[kind]
	k.names = maps.Clone(k.names)
	for property, names := range columns {
		for rank, n := range names {
			k.names[headingKey(n)] = named{property, rank}
		}
	}
	for rank, n := range by {
		k.names[headingKey(n)] = named{harvestBy, rank}
	}
	out.kinds[kind] = k
	return &out
}

// complete adds to a record what its source says of all of them.
func (h *Harvest) complete(l *line) {
	if h.form != "" && l.value("form") == nil {
		l.values["form"] = picked{value: h.form, column: -1}
	}
	if l.value("technical_field") != nil {
		return
	}
	for _, words := range l.list(harvestBy) {
		if field := h.fields[text.Fold(words)]; field != "" {
			l.values["technical_field"] = picked{value: field, column: -1}
			return
		}
	}
}

// take hands a batch to the service, with the origins of a harvest in the same
// transaction.
func (r *run[C]) take(ctx context.Context, b listing.Batch[C], batch []pending[C]) (done []listing.Imported, err error) {
	h := r.options.Harvest
	if h == nil {
		return r.importer.target.Import(ctx, r.actor, b)
	}
	err = r.importer.tx.InTx(ctx, func(ctx context.Context) error {
		if done, err = r.importer.target.Import(ctx, r.actor, b); err != nil {
			return err
		}
		links := map[string]string{}
		var met []string
		for _, p := range batch {
			links[p.id] = p.link
			if len(p.faults) > 0 && p.id != "" {
				met = append(met, p.id)
			}
		}
		var origins []listing.Origin
		for _, d := range done {
			if d.Outcome == listing.Rejected {
				met = append(met, d.SourceID)
				continue
			}
			origins = append(origins, listing.Origin{
				ListingID: d.ListingID, Kind: r.importer.kind, OwnerOrg: b.OwnerOrg, Source: b.Source, SourceID: d.SourceID,
				Named: h.Named, Link: safeLink(links[d.SourceID]), SeenAt: h.At,
			})
		}
		if err := h.Origins.KeepOrigins(ctx, origins); err != nil {
			return err
		}
		return h.Origins.SeeOrigins(ctx, b.OwnerOrg, r.importer.kind, b.Source, met, h.At)
	})
	return done, err
}

// safeLink is a link that a page may show: to the web, and nothing else.
func safeLink(link string) string {
	web := strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "http://")
	if web && text.Length(link) <= maxSource {
		return link
	}
	return ""
}

// vanish marks the records that the source has no more, when all of it was
// read. A row without an id may be any of them: then nothing is marked.
func (r *run[C]) vanish(ctx context.Context, write bool) error {
	h := r.options.Harvest
	if h == nil || !write || r.nameless {
		return nil
	}
	n, err := h.Origins.Vanish(ctx, r.options.OwnerOrg, r.importer.kind, r.options.Source, h.At, clock.DateOf(h.At))
	r.report.Vanished = n
	return err
}
