package match

import (
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Kind is the kind of a listing, as in lifecycle and event.
type Kind string

// The kinds.
const (
	Achievement Kind = "achievement" // 科技成果
	Package     Kind = "package"     // 成果包
	Need        Kind = "need"        // 技术需求
)

// Ref names a listing.
type Ref struct {
	Kind Kind
	ID   string
}

// Listing is a live listing as matching knows it.
type Listing struct {
	Ref
	OrgID string
	// Version is the number of the live version.
	Version int64
	// Public and Members are what readers of these tiers have of it, nil where
	// the whole listing is closed to them. Full is everything, for its owner.
	// A wider view holds all that a narrower one does.
	Public, Members, Full *View
}

// View is what one reader has of a listing. Zero values mean unknown, which
// is not the same as no.
type View struct {
	Title     text.Text
	ValueLine text.Text
	// OrgName is the owner's name as the reader may see it; empty for an
	// anonymous need.
	OrgName text.Text
	// Texts are what is compared, by field; the two languages stand apart.
	Texts map[Field][]string

	TechnicalField string
	Industry       string // GB/T 4754: a section letter, perhaps with its division
	Region         string // GB/T 2260
	// TRL is the level reached, or the one that a need wants at least; 1-9.
	TRL int
	// PriceFen is the price asked, or the most that a need would pay.
	PriceFen int64
	Rights   Rights
	IP       IPState

	// Meaning is where the text lies by an embedding service; empty where there
	// is none, or it has not said yet.
	Meaning Meaning

	Claims       []Claim
	Requirements []Requirement

	// Contains are the achievements inside a package. Where a package is
	// matched, they are not matched beside it.
	Contains []string
}

// said are the view's texts, field by field.
func (v *View) said() []string {
	var out []string
	for f := range fieldCount {
		out = append(out, v.Texts[f]...)
	}
	return out
}

// Rights says whether the rights in a result are still free.
type Rights uint8

// The states of rights.
const (
	RightsUnknown Rights = iota
	RightsFree           // nothing stands against a licence or an assignment
	RightsPartly         // licensed in part; more can be licensed
	RightsTaken          // taken exclusively
)

// IPState is the best protection among a result's IP items.
type IPState uint8

// The states of protection.
const (
	IPUnknown IPState = iota
	IPNone
	IPPending // published, under examination
	IPGranted // granted, registered, or kept as know-how
)

// Claim is a measured or declared property of a result.
type Claim struct {
	Metric text.Text
	Value  string
	Unit   string
	// Conditions are those under which it was measured.
	Conditions text.Text
	// Proven: a document or a third party stands behind it; otherwise it is declared.
	Proven bool
}

// Requirement is one criterion of a need. Without Metric and Threshold it is
// a sentence that only a person can judge.
type Requirement struct {
	Criterion text.Text
	Metric    text.Text
	// Operator is ">=", "<=" or "=".
	Operator string
	// Threshold is a decimal number as text.
	Threshold string
	Unit      string
	Must      bool
}

// Field is one part of a listing's text.
type Field uint8

// The fields, by how much they tell about what a listing is.
const (
	Title    Field = iota
	Keywords       // the owner's own keywords
	Points         // value line and claims; a need's technical key and requirements
	Body           // abstract, description; a need's problem and goal
	fieldCount
)

var fieldNames = [fieldCount]string{"title", "keywords", "points", "body"}

// String is the field's name in the model.
func (f Field) String() string { return fieldNames[f] }

// ViewFor is what a reader of these tiers has of the listing, nil if nothing.
func (l Listing) ViewFor(tiers []policy.Tier) *View {
	view := l.Public
	for _, tier := range tiers {
		switch {
		case tier == policy.TierNDA:
			return l.Full
		case tier == policy.TierMembers && l.Members != nil:
			view = l.Members
		}
	}
	return view
}
