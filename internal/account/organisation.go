package account

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Profile is what an organisation says of itself.
type Profile struct {
	Kind       policy.OrgKind
	Name       text.Text
	CreditCode string // unified social credit code 统一社会信用代码
	Region     string // GB/T 2260, or an ISO 3166 country abroad
	Address    string
	Website    string
	About      text.Text
	Contact    Contact
}

// Contact is whom to call. It is shown to the organisation's own people and to
// the platform alone.
type Contact struct {
	Name  string `json:"name,omitempty"`
	Phone string `json:"phone,omitempty"`
	Email string `json:"email,omitempty"`
}

// Organisation is a 单位.
type Organisation struct {
	ID       string
	Position lifecycle.Position
	Version  int64
	Profile
	// StateReason is why the platform rejected or revoked; "" otherwise.
	StateReason string
	// VerifiedAt is since when the platform stands behind it; zero while it does
	// not. VerifiedUntil is the last day on which its proofs hold, "" without end.
	VerifiedAt    time.Time
	VerifiedUntil clock.Date
	// Demo marks what was invented for demonstration.
	Demo      bool
	CreatedAt time.Time
}

// Verified tells whether the platform stands behind the organisation.
func (o Organisation) Verified() bool { return o.Position.State == Verified }

// frozen tells whether what the platform looks at, or has looked at, must stay.
func (o Organisation) frozen() bool {
	return o.Position.State == Pending || o.Position.State == Verified
}

// The bounds of an organisation's texts, in characters.
const (
	maxOrgName = 200
	maxAbout   = 5000
	maxAddress = 300
	maxWebsite = 300
	maxPhone   = 30
)

// Regions knows which region codes there are.
type Regions interface {
	Has(list, code string) bool
}

// regionList is the taxonomy's name of the list of regions.
const regionList = "region"

// checkProfile gives the profile in canonical form. The platform's own
// organisation is made by the operator at the machine alone.
func checkProfile(p Profile, regions Regions, platform bool) (Profile, []errs.Field) {
	var faults []errs.Field
	fault := func(path, code string, params errs.Params) {
		faults = append(faults, errs.Field{Path: path, Code: code, Params: params})
	}
	bounded := func(path, value string, most int) {
		if text.Length(value) > most {
			fault(path, "too_long", errs.Params{"max": most})
		}
	}
	if !slices.Contains(policy.OrgKinds, p.Kind) && (p.Kind != policy.Platform || !platform) {
		fault("kind", "unknown_value", nil)
	}
	p.Name, p.About = p.Name.Trimmed(), p.About.Trimmed()
	if p.Name.IsZero() {
		fault("name", "required", nil)
	}
	bounded("name.zh", p.Name.Zh, maxOrgName)
	bounded("name.en", p.Name.En, maxOrgName)
	bounded("about.zh", p.About.Zh, maxAbout)
	bounded("about.en", p.About.En, maxAbout)

	code, err := ident.ParseCreditCode(p.CreditCode)
	if err != nil {
		e := errs.As(err)
		fault("credit_code", e.Code, e.Params)
	} else {
		p.CreditCode = code.String()
	}
	if !regions.Has(regionList, p.Region) {
		fault("region", "unknown_value", nil)
	}
	p.Address = strings.TrimSpace(p.Address)
	bounded("address", p.Address, maxAddress)

	p.Website = strings.TrimSpace(p.Website)
	bounded("website", p.Website, maxWebsite)
	if u, err := url.Parse(p.Website); p.Website != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		fault("website", "url_invalid", nil)
	}
	p.Contact.Name, p.Contact.Phone = strings.TrimSpace(p.Contact.Name), strings.TrimSpace(p.Contact.Phone)
	bounded("contact_name", p.Contact.Name, maxName)
	bounded("contact_phone", p.Contact.Phone, maxPhone)
	if strings.TrimSpace(p.Contact.Email) != "" {
		var f []errs.Field
		p.Contact.Email, f = checkEmail("contact_email", p.Contact.Email)
		faults = append(faults, f...)
	} else {
		p.Contact.Email = ""
	}
	return p, faults
}

// frozenFaults are the fields of a verified (or just examined) organisation
// that an edit would change: the verification was of these.
func frozenFaults(before, after Profile) []errs.Field {
	var faults []errs.Field
	for path, changed := range map[string]bool{
		"kind": before.Kind != after.Kind, "name": before.Name != after.Name, "credit_code": before.CreditCode != after.CreditCode,
	} {
		if changed {
			faults = append(faults, errs.Field{Path: path, Code: "frozen_by_verification"})
		}
	}
	slices.SortFunc(faults, func(a, b errs.Field) int { return strings.Compare(a.Path, b.Path) })
	return faults
}

// Member is one role of one account in an organisation, or an open invitation
// to one.
type Member struct {
	ID        string
	OrgID     string
	AccountID string // "" while invited
	PersonID  string
	Name      string
	Email     string
	Role      policy.Role
	Since     time.Time
	Invited   bool
}

// Invitation asks the owner of an address to claim an entry as person, and
// with it a role, if one is named.
type Invitation struct {
	ID        string
	OrgID     string
	PersonID  string
	Role      policy.Role // "" for a contributor
	Email     string      // "" once accepted or withdrawn
	InvitedBy string
	CreatedAt time.Time
	ExpiresAt time.Time
	// EndedAt is when it was accepted or withdrawn; zero while it is open.
	EndedAt time.Time
}

// OrganisationFilter chooses organisations, by id; empty fields choose all.
type OrganisationFilter struct {
	Query string // part of a name, folded
	Kind  policy.OrgKind
	State lifecycle.State
	// VisibleTo admits the verified ones and this one; nil admits all.
	VisibleTo *string
	After     string
	Limit     int
}

// Head is what other packages show of an organisation.
type Head struct {
	ID       string
	Name     text.Text
	Kind     policy.OrgKind
	Region   string
	Verified bool
	Demo     bool
}
