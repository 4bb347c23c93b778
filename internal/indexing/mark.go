package indexing

import (
	"context"
	"strings"
	"unicode"

	"chengqiao/internal/search"
)

// Marks are those of what listings say that are live, by id. Two versions have
// the same mark when they differ in nothing but spaces, punctuation and when
// they were published: what nobody would call news.
func (l *Listings) Marks(ctx context.Context, ids []string) (map[string]string, error) {
	documents, err := l.Load(ctx, ids)
	if err != nil {
		return nil, err
	}
	marks := make(map[string]string, len(documents))
	for i := range documents {
		marks[documents[i].ID] = markOf(documents[i])
	}
	return marks, nil
}

func markOf(d search.Document) string {
	d.PublishedAt, d.UpdatedAt = 0, 0
	d.Source = "" // where a listing comes from is no news of it
	texts := make([]search.Text, len(d.Texts))
	for i, t := range d.Texts {
		t.Title, t.Value, t.Abstract = wordsOnly(t.Title), wordsOnly(t.Value), wordsOnly(t.Abstract)
		t.Keywords, t.Claims = allWordsOnly(t.Keywords), allWordsOnly(t.Claims)
		t.Other = allWordsOnly(t.Other)
		t.Organisations = nil // a renamed owner is no news of the listing
		texts[i] = t
	}
	d.Texts = texts
	return d.Checksum()
}

// wordsOnly is a text without spaces and punctuation, in lower case.
func wordsOnly(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPunct(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

func allWordsOnly(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = wordsOnly(v)
	}
	return out
}
