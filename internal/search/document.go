package search

import (
	"encoding/json"
	"fmt"

	"github.com/cespare/xxhash/v2"

	"chengqiao/internal/policy"
)

// Kind is what a document stands for.
type Kind string

// The kinds of documents.
const (
	KindAchievement Kind = "achievement"
	KindPackage     Kind = "package"
	KindNeed        Kind = "need"
)

// Document is one listing as search knows it.
//
// Facets and numbers are seen by everybody who may see the document at all
// (its Audience): a value of a narrower tier must be left out of them. Only a
// price may be for members beside that.
type Document struct {
	ID   string `json:"id"`
	Kind Kind   `json:"kind"`
	// Source is where the listing comes from: people, places, numbers, a link. It is
	// found by whoever may find the document (PropertyOther).
	Source string `json:"source,omitempty"`
	// Owner is the organisation that reads all of it.
	Owner string `json:"owner,omitempty"`
	// Audience is who may find the document at all; "" is PUBLIC.
	Audience policy.Tier `json:"audience,omitempty"`
	Texts    []Text      `json:"texts,omitempty"`
	Facets   Facets      `json:"facets"`
	// PublishedAt and UpdatedAt are UTC microseconds.
	PublishedAt int64 `json:"published_at,omitempty"`
	UpdatedAt   int64 `json:"updated_at,omitempty"`
}

// Text is what a document says in one language to the readers of one tier. A
// document may have several of a tier and language.
type Text struct {
	Tier policy.Tier `json:"tier"`
	// Language is "zh" or "en", or another BCP 47 tag; it does not limit what
	// the text can be found by.
	Language      string   `json:"language,omitempty"`
	Title         string   `json:"title,omitempty"`
	Value         string   `json:"value,omitempty"` // the one-line value
	Abstract      string   `json:"abstract,omitempty"`
	Keywords      []string `json:"keywords,omitempty"`
	Claims        []string `json:"claims,omitempty"`
	Organisations []string `json:"organisations,omitempty"`
	Other         []string `json:"other,omitempty"` // searchable; see PropertyOther
}

// Facets are a document's values for filters and counts; a zero value is none.
type Facets struct {
	Fields     []string `json:"fields,omitempty"`     // technical fields
	Industries []string `json:"industries,omitempty"` // GB/T 4754: "C", "C38", "C3841"
	Regions    []string `json:"regions,omitempty"`    // GB/T 2260 codes, or ISO 3166 countries
	TRL        int      `json:"trl,omitempty"`        // 1 to 9
	IPKinds    []string `json:"ip_kinds,omitempty"`
	IPStates   []string `json:"ip_states,omitempty"`
	// Cooperation are the cooperation modes wanted.
	Cooperation []string `json:"cooperation,omitempty"`
	PriceMode   string   `json:"price_mode,omitempty"`
	// PriceFen is nil where no price is asked or it is not for everybody.
	PriceFen *int64 `json:"price_fen,omitempty"`
	// MembersPriceFen is a price that is for members of a document that is for
	// everybody: nobody else's order, ranges or counts heed it.
	MembersPriceFen *int64   `json:"members_price_fen,omitempty"`
	Organisation    string   `json:"organisation,omitempty"` // id; empty if anonymous
	OrgKind         string   `json:"organisation_kind,omitempty"`
	Year            int      `json:"year,omitempty"`
	Languages       []string `json:"languages,omitempty"`
	PublicBenefit   bool     `json:"public_benefit,omitempty"`
	Themes          []string `json:"themes,omitempty"` // in the owner's words
}

// AudienceOrPublic is the audience with its default.
func (d *Document) AudienceOrPublic() policy.Tier {
	if d.Audience == "" {
		return policy.TierPublic
	}
	return d.Audience
}

// Checksum tells two states of a document apart: Sum in 16 hexadecimal digits.
func (d *Document) Checksum() string { return Checksum(d.Sum()) }

// Checksum writes a document's Sum.
func Checksum(sum uint64) string { return fmt.Sprintf("%016x", sum) }

// Sum is over all of a document, the same on every engine.
func (d *Document) Sum() uint64 {
	// Structs marshal in the order of their fields, so equal documents give
	// equal bytes; a Document holds nothing that json refuses.
	data, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	return xxhash.Sum64(data)
}

// Readable are the texts of d that a reader may read.
func (d *Document) Readable(r Reader) []Text {
	full := r.Full(d.ID, d.Owner)
	var out []Text
	for _, t := range d.Texts {
		if full || r.Reads(t.Tier) {
			out = append(out, t)
		}
	}
	return out
}
