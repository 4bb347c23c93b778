package reading

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/gazetteer"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// MaxText bounds a text that is read, in characters.
const MaxText = 20_000

// Codes finds the code of a coded list by what people call it.
type Codes interface {
	Code(list, called string) (code string, ok bool)
}

// Limiter counts what is read for a person.
type Limiter interface {
	// Allow spends one of count readings per period; retryAfter is positive when there is
	// none left.
	Allow(ctx context.Context, account string, count int, period time.Duration) (retryAfter time.Duration, err error)
}

// perMinute bounds the readings for a person: who pastes a text reads what came of it.
const perMinute = 20

// Passage is where something stands in a text, in bytes.
type Passage = gazetteer.Extent

// Source is where a proposed field comes from.
type Source struct {
	// Path is the field's: "title", "requirements[0]".
	Path string
	// Passages are in the order of the text; a text of several paragraphs has several.
	Passages []Passage
	// CountedFrom is the day from which a period was counted to a date; "" for others.
	CountedFrom clock.Date
}

// What is left out of a need that everybody may read.
const (
	Person       = "person"
	Telephone    = "telephone"
	Email        = "email"
	Account      = "account"
	Address      = "address"
	Organisation = "organisation"
	// TooLong is what a field's text has no room for.
	TooLong = "too_long"
)

// LeftOut is a passage that no proposal has, and why.
type LeftOut struct {
	Kind string
	Passage
}

// Reading is what was read of a text.
type Reading struct {
	// Content has the proposed fields alone.
	Content need.Content
	// Sources name each proposed field, in the order of the form.
	Sources []Source
	LeftOut []LeftOut
}

// Reader reads texts. It is safe for concurrent use.
type Reader struct {
	lexicon lexicon
	places  gazetteer.Names
	codes   Codes
	clock   clock.Clock
	limiter Limiter
}

// NewReader reads the program's data. Errors: of a file that is missing or malformed, or
// names a code that no list has.
func NewReader(files fs.FS, codes Codes, c clock.Clock, limiter Limiter) (*Reader, error) {
	words, err := loadLexicon(files, codes)
	if err != nil {
		return nil, fmt.Errorf("need reading: %w", err)
	}
	places, err := gazetteer.Load(files)
	if err != nil {
		return nil, fmt.Errorf("need reading: %w", err)
	}
	return &Reader{lexicon: words, places: places, codes: codes, clock: c, limiter: limiter}, nil
}

// Read reads a text for whoever may write needs; nothing is kept. Errors: those of
// policy.Check; errs.Invalid with the field "text" "too_long" for more than MaxText
// characters; errs.RateLimited "too_many_requests".
func (r *Reader) Read(ctx context.Context, actor policy.Actor, said string) (Reading, error) {
	if err := policy.Check(actor, policy.NeedCreate, policy.Facts{OwnerOrg: actor.OrgID}).Err(); err != nil {
		return Reading{}, err
	}
	if n := text.Length(said); n > MaxText {
		return Reading{}, errs.InvalidFields([]errs.Field{{Path: "text", Code: "too_long", Params: errs.Params{"max": MaxText}}})
	}
	retryAfter, err := r.limiter.Allow(ctx, actor.AccountID, perMinute, time.Minute)
	if err != nil {
		return Reading{}, err
	}
	if retryAfter > 0 {
		return Reading{}, errs.Newp(errs.RateLimited, "too_many_requests", errs.Params{"retry_after_seconds": int((retryAfter + time.Second - 1) / time.Second)})
	}
	return r.read(said), nil
}

// draft is a reading in the making.
type draft struct {
	*Reader
	page
	today clock.Date
	out   Reading
	// understood are the lines that a field says in full: they need not stand in the
	// problem's text as well.
	understood map[stretch]bool
	// measured are stretches that say when or for how much money, and no requirement.
	measured []stretch
	// unread are labels whose values could not be read: they are not guessed.
	unread map[string]bool
	hidden []hidden
}

func (r *Reader) read(said string) Reading {
	d := &draft{Reader: r, page: newPage(said), today: clock.DateOf(r.clock.Now()), understood: map[stretch]bool{}, unread: map[string]bool{}}
	d.hidden = d.personal()
	pieces := d.outline()
	d.hide(pieces)
	for i := range pieces {
		d.readLabelled(&pieces[i])
	}
	d.readTitle(pieces)
	sentences := d.sentences(pieces)
	d.readSought(sentences)
	d.readBudget(sentences)
	d.readDates(sentences)
	d.readReadiness(sentences)
	d.readCooperation(sentences)
	d.readRegion(sentences)
	d.readRequirements(pieces, sentences)
	d.readTexts(pieces)
	d.readIndustry(sentences)
	d.readField()
	d.leaveOut()
	return d.out
}

// formOrder is the order of the fields in the form.
var formOrder = []string{"title", "problem", "technical_key", "expected_goal", "requirements", "keywords_zh", "keywords_en", "technical_field", "industry", "region",
	"budget_min", "budget_max", "cooperation", "min_trl", "wished_partners", "start_on", "end_on", "deadline"}

// from notes where a field comes from.
func (d *draft) from(path string, counted clock.Date, of ...stretch) {
	source := Source{Path: path, CountedFrom: counted}
	for _, s := range of {
		source.Passages = append(source.Passages, d.passage(s))
	}
	place := func(s Source) int { return slices.Index(formOrder, field(s.Path)) }
	at := len(d.out.Sources)
	for at > 0 && place(d.out.Sources[at-1]) > place(source) {
		at--
	}
	d.out.Sources = slices.Insert(d.out.Sources, at, source)
}

// field is the field of a path: requirements of requirements[0].
func field(path string) string {
	for i, r := range path {
		if r == '[' || r == '.' {
			return path[:i]
		}
	}
	return path
}

// has tells whether a field is proposed already.
func (d *draft) has(path string) bool {
	return slices.ContainsFunc(d.out.Sources, func(s Source) bool { return s.Path == path })
}
