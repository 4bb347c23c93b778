package indexing

import (
	"context"
	"slices"
	"strings"

	"chengqiao/internal/embedding"
	"chengqiao/internal/event"
	"chengqiao/internal/match"
)

// Directions knows where texts lie; nil where no embedding service is used.
type Directions interface {
	// Of gives what is kept of these listings.
	Of(ctx context.Context, model string, ids []string) ([]embedding.Kept, error)
}

// Embedded says which texts of listings are sent to an embedding service, and
// where its answers are kept.
type Embedded struct {
	Directions Directions
	// Model is the name under which the answers are kept.
	Model string
	// Members lets the texts be sent that only members read.
	Members bool
	// Letters is how much of a text is sent.
	Letters int
}

// name is a part of what a snapshot of the matching index was made by.
func (e *Embedded) name() string {
	if e == nil {
		return ""
	}
	return "/" + e.Model
}

// Embed makes the listings of matching come with where their texts lie.
func (l *Listings) Embed(e Embedded) { l.embedded = &e }

// EmbeddingEvents are those after which a listing may say something else.
var EmbeddingEvents = []event.Name{
	event.AchievementPublished, event.AchievementChanged, event.AchievementHidden,
	event.PackagePublished, event.PackageChanged, event.NeedPublished, event.NeedChanged,
}

// EmbeddingRefs are the listings whose texts events may have changed.
func (l *Listings) EmbeddingRefs(ctx context.Context, events []event.Event) ([]embedding.Ref, error) {
	refs, err := l.allConcerned(ctx, events)
	out := make([]embedding.Ref, len(refs))
	for i, r := range refs {
		out[i] = embedding.Ref{Kind: string(r.Kind), ID: r.ID}
	}
	return out, err
}

// allMatched is allConcerned for matching, which looks at a listing again also
// when it has become known where its texts lie.
func (l *Listings) allMatched(ctx context.Context, events []event.Event) ([]match.Ref, error) {
	out, err := l.allConcerned(ctx, events)
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		if e.Name != event.EmbeddingKept {
			continue
		}
		for _, r := range embedding.Told(e) {
			if ref := (match.Ref{Kind: match.Kind(r.Kind), ID: r.ID}); !slices.Contains(out, ref) {
				out = append(out, ref)
			}
		}
	}
	return out, nil
}

// EmbeddingTexts are the texts of listings that are sent to an embedding service.
type EmbeddingTexts struct{ *Listings }

var _ embedding.Texts = EmbeddingTexts{}

// After implements embedding.Texts.
func (t EmbeddingTexts) After(ctx context.Context, after string, limit int) ([]embedding.Ref, error) {
	documents, err := t.page(ctx, after, limit)
	out := make([]embedding.Ref, len(documents))
	for i, d := range documents {
		out[i] = embedding.Ref{Kind: string(d.Kind), ID: d.ID}
	}
	return out, err
}

// Texts implements embedding.Texts.
func (t EmbeddingTexts) Texts(ctx context.Context, refs []embedding.Ref) ([]embedding.Text, error) {
	wanted := make([]match.Ref, len(refs))
	for i, r := range refs {
		wanted[i] = match.Ref{Kind: match.Kind(r.Kind), ID: r.ID}
	}
	versions, err := t.versions(ctx, wanted)
	if err != nil {
		return nil, err
	}
	listings, err := t.seen(ctx, versions)
	if err != nil {
		return nil, err
	}
	var out []embedding.Text
	for _, l := range listings {
		out = append(out, t.embedded.sent(l)...)
	}
	return out, nil
}

// sent are the texts of a listing that are sent. What stands under a
// confidentiality agreement is in neither view. Members have a text of their
// own where they are told more than the public, and may be told it in the
// service's hearing.
func (e *Embedded) sent(l match.Listing) []embedding.Text {
	var out []embedding.Text
	add := func(reader embedding.Reader, v *match.View) {
		if text := e.textOf(v); text != "" {
			out = append(out, embedding.Text{Ref: embedding.Ref{Kind: string(l.Kind), ID: l.ID}, Reader: reader, Text: text})
		}
	}
	if l.Public != nil {
		add(embedding.Public, l.Public)
	}
	if e.Members && l.Members != nil && l.Members != l.Public {
		add(embedding.Members, l.Members)
		if len(out) == 2 && out[0].Text == out[1].Text {
			out = out[:1]
		}
	}
	return out
}

// textOf is a view as one text: title, keywords, points and the running texts,
// and nothing of who offers it.
func (e *Embedded) textOf(v *match.View) string {
	var b strings.Builder
	letters := 0
	for _, f := range []match.Field{match.Title, match.Keywords, match.Points, match.Body} {
		for _, s := range v.Texts[f] {
			for _, r := range strings.TrimSpace(s) {
				if letters == e.Letters {
					return b.String()
				}
				b.WriteRune(r)
				letters++
			}
			b.WriteByte('\n')
		}
	}
	return strings.TrimSpace(b.String())
}

// place tells the listings where their texts lie, as far as that is known of
// exactly these texts. Who may read more than was sent is told where the
// widest of what was sent lies.
func (e *Embedded) place(ctx context.Context, listings []match.Listing) error {
	ids := make([]string, len(listings))
	for i, l := range listings {
		ids[i] = l.ID
	}
	found, err := e.Directions.Of(ctx, e.Model, ids)
	if err != nil {
		return err
	}
	type key struct {
		id     string
		reader embedding.Reader
		hash   string
	}
	known := make(map[key]embedding.Direction, len(found))
	for _, k := range found {
		known[key{k.ID, k.Reader, k.Hash}] = k.Direction
	}
	for i := range listings {
		l := &listings[i]
		at := map[embedding.Reader]match.Meaning{}
		for _, t := range e.sent(*l) {
			at[t.Reader] = match.Meaning(known[key{l.ID, t.Reader, embedding.Hash(t.Text)}])
		}
		widest := at[embedding.Public]
		if l.Public != nil {
			l.Public.Meaning = widest
		}
		if m := at[embedding.Members]; len(m) > 0 {
			widest = m
		}
		for _, v := range []*match.View{l.Members, l.Full} {
			if v != nil && v != l.Public {
				v.Meaning = widest
			}
		}
	}
	return nil
}
