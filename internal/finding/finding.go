// Package finding answers a person's search: it asks the engine for what this
// person may find, and gives the cards of the hits with what this person may
// read of them. It owns neither the engine (search) nor the listings.
package finding

import (
	"context"
	"slices"
	"time"

	"chengqiao/internal/money"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/querytext"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// MaxText is how many characters of a query count; a longer one is cut.
const MaxText = 500

// Request is what a person asks for.
type Request struct {
	// Text is in the query language (search/querytext).
	Text    string
	Filters map[search.Facet][]string
	Ranges  map[search.Number]search.Range
	Sort    search.Sort
	// Facets are those that are counted; nil for all that a person chooses from, an
	// empty list for none.
	Facets []search.Facet
	// Page counts from 1.
	Page, PageSize int
}

// Answer is what was found.
type Answer struct {
	Hits   []Hit
	Total  int
	Facets []Facet
	// Cut: the query was longer than MaxText.
	Cut bool
	// Wordless: the query has nothing that can be looked for, signs alone, so that all
	// that there is was found.
	Wordless bool
	// Misread are the parts of the text that looked like operators and could not
	// be read, with what became of them.
	Misread []querytext.Misread
	// Match tells how the text was matched; AtLeast that the total is a lower bound.
	Match   search.Match
	AtLeast bool
	// Described: what the text describes, in its words or others, comes first.
	Described bool
	// Unpriced: none of what was found shows this reader a price, so that an order
	// by price is none; newest comes first.
	Unpriced bool
	// Meant is the text in words that exist, with how much it finds; empty where
	// it needs no correction.
	Meant search.Correction
	// Place is the region that the text names; its zero value is none.
	Place Place
	// Without, Fewer and Nearest help on where nothing is found.
	Without []Without
	Fewer   []Fewer
	Nearest []Hit
}

// Hit is a listing that was found.
type Hit struct {
	Card
	Highlights []search.Highlight
}

// Card is what a list shows of a live listing to one reader.
type Card struct {
	ID, Kind string
	// OrgID is empty where the listing hides its organisation.
	OrgID     string
	OrgName   text.Text
	Title     text.Text
	ValueLine text.Text
	// Snippet is the beginning of its running text, with … where that goes on.
	Snippet        text.Text
	KeywordsZh     []string
	KeywordsEn     []string
	TechnicalField string
	Region         string
	TRL            int
	PriceMode      string
	Price          *money.Amount
	Year           int
	PublishedAt    time.Time
}

// Facet is a property with its values, most frequent first.
type Facet struct {
	Name   search.Facet
	Values []search.FacetCount
	// Names are those of the organisations among the values, by id.
	Names map[string]text.Text
}

// Cards gives the cards of those of the listings that are live and that the
// actor may see, by id. The granted listings are read in full.
type Cards interface {
	Cards(ctx context.Context, actor policy.Actor, granted []string, hits []search.Hit) (map[string]Card, error)
	// OrganisationNames are the names of those of the organisations that exist,
	// by id; a change of one may be seen as late as in the index.
	OrganisationNames(ctx context.Context, ids []string) (map[string]text.Text, error)
}

// Grants tells which listings an organisation reads in full because it has
// signed an NDA in a deal about them: at most limit, the newest first.
type Grants interface {
	Granted(ctx context.Context, org string, limit int) ([]string, error)
}

// Engine is what a finder asks.
type Engine interface {
	search.Searcher
	search.Suggester
	search.Corrector
}

// Finder answers searches.
type Finder struct {
	searcher search.Searcher
	engine   Engine
	cards    Cards
	grants   Grants
	meanings Meanings      // nil: words alone
	topics   Topics        // nil: nothing is told beside what is found
	fresh    Describer     // of a few listings by themselves; nil for all
	lists    *taxonomy.Set // nil: no region is known
	regions  []regionNames
	// regionsBySound are the codes of regions by the pinyin of their names.
	regionsBySound map[string]string
}

// NewFinder makes a finder.
func NewFinder(engine Engine, cards Cards, grants Grants) *Finder {
	return &Finder{searcher: engine, engine: engine, cards: cards, grants: grants}
}

// facets are those that a person chooses from, in the order of the page.
var facets = []search.Facet{
	search.FacetKind, search.FacetField, search.FacetRegion, search.FacetIndustry, search.FacetTRL,
	search.FacetIPKind, search.FacetCooperation, search.FacetPriceMode, search.FacetPriceBand, search.FacetTheme,
	search.FacetOrgKind, search.FacetOrganisation, search.FacetYear, search.FacetLanguage, search.FacetPublicBenefit,
}

// marked are the parts of a hit that its card shows with marks.
var marked = []search.Property{search.PropertyTitle, search.PropertyValue, search.PropertyAbstract, search.PropertyClaim, search.PropertyOther}

// maxValues bounds the values of a facet: nobody reads further.
const maxValues = 100

// Find answers a search. Errors: those of policy for search.run, of
// search.Query.Validate, and errs.Unavailable "search_unavailable".
func (f *Finder) Find(ctx context.Context, actor policy.Actor, r Request) (Answer, error) {
	if err := policy.Check(actor, policy.SearchRun, policy.Facts{}).Err(); err != nil {
		return Answer{}, err
	}
	reader, err := f.readerOf(ctx, actor)
	if err != nil {
		return Answer{}, err
	}
	wanted := r.reading()
	q := wanted.query
	counted := facets
	if r.Facets != nil {
		counted = r.Facets
	}
	q.Reader, q.Facets, q.Sort, q.Highlight = reader, counted, r.Sort, marked
	byPrice := q.SortsByPrice() && !q.Own(search.FacetPriceBand) // who chose prices finds what has one
	if byPrice && !slices.Contains(counted, search.FacetPriceBand) {
		q.Facets = append(slices.Clip(counted), search.FacetPriceBand)
	}
	q.Offset, q.Limit = (max(r.Page, 1)-1)*r.PageSize, r.PageSize
	q.Also = f.described(q)
	sense := f.senseOf(ctx, q)
	result, err := f.search(ctx, q, sense)
	if err != nil {
		return Answer{}, err
	}
	out := Answer{
		Total: result.Total, Cut: wanted.cut, Wordless: wanted.asksOfText() && result.Match == "", Misread: wanted.misread, Match: result.Match, AtLeast: result.AtLeast,
		Described: len(q.Also) > 0 && result.Match.Partly() && q.Sort == search.SortRelevance,
		Unpriced:  byPrice && result.Total > 0 && len(result.Facets[search.FacetPriceBand]) == 0,
	}
	if out.Hits, err = f.shown(ctx, actor, reader, result.Hits); err != nil {
		return Answer{}, err
	}
	meant, err := f.engine.Correct(ctx, q, result)
	if err != nil {
		return Answer{}, err
	}
	if meant.Text != "" {
		out.Meant = search.Correction{Text: wanted.meaning(meant.Text), Total: meant.Total}
	}
	if out.Place, err = f.placeOf(ctx, reader, r); err != nil {
		return Answer{}, err
	}
	if result.Total == 0 {
		if err := f.help(ctx, actor, reader, r, &out); err != nil {
			return Answer{}, err
		}
	}
	for _, name := range counted {
		values := wanted.reachable(name, result.Facets[name])
		facet := Facet{Name: name, Values: values[:min(len(values), maxValues)]}
		if err := f.name(ctx, &facet); err != nil {
			return Answer{}, err
		}
		out.Facets = append(out.Facets, facet)
	}
	return out, nil
}

// name gives the organisations of a facet their names.
func (f *Finder) name(ctx context.Context, facet *Facet) (err error) {
	if facet.Name != search.FacetOrganisation {
		return nil
	}
	ids := make([]string, len(facet.Values))
	for i, v := range facet.Values {
		ids[i] = v.Value
	}
	facet.Names, err = f.cards.OrganisationNames(ctx, ids)
	return err
}

// Cards are the cards of listings that were found otherwise, by id: of those that
// are live and that the actor may see.
func (f *Finder) Cards(ctx context.Context, actor policy.Actor, hits []search.Hit) (map[string]Card, error) {
	reader, err := f.readerOf(ctx, actor)
	if err != nil {
		return nil, err
	}
	return f.cards.Cards(ctx, actor, reader.Granted, hits)
}

// shown are the hits with their cards.
func (f *Finder) shown(ctx context.Context, actor policy.Actor, reader search.Reader, hits []search.Hit) ([]Hit, error) {
	cards, err := f.cards.Cards(ctx, actor, reader.Granted, hits)
	if err != nil {
		return nil, err
	}
	var out []Hit
	for _, h := range hits {
		if card, ok := cards[h.ID]; ok { // else it left between the index and the store
			out = append(out, Hit{Card: card, Highlights: h.Highlights})
		}
	}
	return out, nil
}

// readerOf is the actor as search knows readers. Who acts for no organisation
// has signed nothing.
func (f *Finder) readerOf(ctx context.Context, actor policy.Actor) (search.Reader, error) {
	reader := search.Reader{Tiers: policy.ReaderTiers(actor), Organisation: actor.OrgID}
	if actor.OrgID == "" {
		return reader, nil
	}
	var err error
	reader.Granted, err = f.grants.Granted(ctx, actor.OrgID, search.MaxGranted)
	return reader, err
}
