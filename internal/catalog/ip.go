package catalog

import (
	"regexp"
	"slices"
	"strings"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/listing"
	"chengqiao/internal/taxonomy"
)

// Patent tells whether the item is a patent or an application for one.
func (p IPItem) Patent() bool {
	return p.Kind == Invention || p.Kind == UtilityModel || p.Kind == Design
}

// GrantedPatent tells whether the item is a patent in force.
func (p IPItem) GrantedPatent() bool { return p.Patent() && p.LegalState == Granted }

// clean writes a patent's number in its canonical form where it can be read.
func (p IPItem) clean() IPItem {
	p.Number, p.Title, p.FamilyID = strings.TrimSpace(p.Number), p.Title.Trimmed(), strings.TrimSpace(p.FamilyID)
	p.Jurisdiction = strings.ToUpper(strings.TrimSpace(p.Jurisdiction))
	p.RelatedNumbers = listing.CleanWords(p.RelatedNumbers)
	var owners []IPOwner
	for _, o := range p.Owners {
		o.Name = strings.TrimSpace(o.Name)
		owners = append(owners, o)
	}
	p.Owners = owners
	if p.chinesePatent() {
		if n, err := ident.ParsePatentNumber(p.Number); err == nil {
			p.Number = n.String()
		}
	}
	return p
}

// chinesePatent tells whether its number is one of the Chinese office's, which
// proves itself by a check digit.
func (p IPItem) chinesePatent() bool {
	return p.Patent() && (p.Jurisdiction == "" || p.Jurisdiction == China)
}

// China is the jurisdiction of the Chinese patent office.
const China = "CN"

// The bounds of an IP item's lists, in items.
const (
	maxOwners  = 20
	maxRelated = 50
)

// jurisdiction is a country's code of ISO 3166, or a regional office's of
// WIPO standard ST.3.
var jurisdiction = regexp.MustCompile(`^[A-Z]{2}$`)

func (p IPItem) check(f *listing.Faults, i int, set *taxonomy.Set) {
	at := func(field string) string { return listing.At("ip_items", i, field) }
	f.Required(at("kind"), p.Kind != "")
	f.Code(at("kind"), p.Kind, set, taxonomy.IPKind)
	f.Code(at("legal_state"), p.LegalState, set, taxonomy.IPState)
	f.String(at("number"), p.Number, 40)
	f.Text(at("title"), p.Title, maxShort)
	f.Date(at("filed_on"), p.FiledOn)
	f.Date(at("published_on"), p.PublishedOn)
	f.Date(at("granted_on"), p.GrantedOn)
	f.Date(at("expires_on"), p.ExpiresOn)
	if p.Jurisdiction != "" && !jurisdiction.MatchString(p.Jurisdiction) {
		f.Add(at("jurisdiction"), "wrong_format")
	}
	f.String(at("family_id"), p.FamilyID, 60)
	f.Words(at("related_numbers"), p.RelatedNumbers, maxRelated, 40)
	f.Count(at("owners"), len(p.Owners), maxOwners)
	for j, o := range p.Owners {
		owner := listing.At(at("owners"), j, "")
		f.String(owner+".name", o.Name, maxShort)
		f.Required(owner, o.Name != "" || o.OrganisationID != "")
	}
}

// checkSubmission wants a patent to have a number that proves itself and is of
// its own kind, once it is public under one.
func (p IPItem) checkSubmission(f *listing.Faults, i int) {
	at := func(field string) string { return listing.At("ip_items", i, field) }
	if !p.Patent() {
		return
	}
	f.Required(at("legal_state"), p.LegalState != "")
	if p.Number == "" {
		// Before its publication an application may keep its number to itself.
		f.Required(at("number"), p.LegalState == "examination" || p.LegalState == "")
		return
	}
	p.checkDates(f, at)
	if !p.chinesePatent() {
		return // another office's number proves nothing by itself
	}
	number, err := ident.ParsePatentNumber(p.Number)
	switch {
	case err != nil:
		f.Add(at("number"), errs.CodeOf(err))
	case !ofKind(number.Kind(), p.Kind):
		f.Add(at("number"), "patent_number_kind_mismatch")
	}
}

// checkDates wants a right to be filed before it is published, granted and ended.
func (p IPItem) checkDates(f *listing.Faults, at func(field string) string) {
	if p.FiledOn == "" {
		return
	}
	for _, later := range []struct {
		field string
		on    clock.Date
	}{{"published_on", p.PublishedOn}, {"granted_on", p.GrantedOn}, {"expires_on", p.ExpiresOn}} {
		if later.on != "" && later.on < p.FiledOn {
			f.Add(at(later.field), "before_filing")
		}
	}
}

// ofKind tells whether a patent number's kind digit is that of an item's kind.
func ofKind(digit ident.PatentKind, kind string) bool {
	switch digit {
	case ident.Invention, ident.InventionPCT:
		return kind == Invention
	case ident.UtilityModel, ident.UtilityModelPCT:
		return kind == UtilityModel
	case ident.Design:
		return kind == Design
	}
	return false
}

// The cooperation modes that only a granted patent can bear (domain.md
// section 2); a pending application is licensed as know-how, or assigned as an
// application.
var patentModes = []string{"transfer_patent", "licence_patent"}

// otherModes are those about rights other than patents and know-how.
var otherModes = []string{"transfer_other", "licence_other"}

// other tells whether the item is a right other than a patent and know-how.
func (p IPItem) other() bool { return !p.Patent() && p.Kind != "know_how" && p.Kind != "none" }

// otherInForce tells whether it has not ended.
func (p IPItem) otherInForce() bool { return p.other() && !slices.Contains(ended, p.LegalState) }

// ended are the legal states in which there is no right any more.
var ended = []string{"expired", "lapsed", "withdrawn", "deemed_withdrawn", "refused", "abandoned", "invalid"}

// checkCooperation refuses to offer a patent that nobody has granted.
func checkCooperation(f *listing.Faults, modes []string, items []IPItem) {
	granted := slices.ContainsFunc(items, IPItem.GrantedPatent)
	pending := slices.ContainsFunc(items, IPItem.pending)
	for i, mode := range modes {
		switch {
		case slices.Contains(otherModes, mode) && slices.ContainsFunc(items, IPItem.other) && !slices.ContainsFunc(items, IPItem.otherInForce):
			f.Add(listing.At("cooperation", i, ""), "right_has_ended")
		case slices.Contains(patentModes, mode) && !granted:
			f.Add(listing.At("cooperation", i, ""), "patent_not_granted")
		case mode == "transfer_application" && !pending:
			f.Add(listing.At("cooperation", i, ""), "no_pending_application")
		}
	}
}

// pending tells whether the item is an application that is still decided on.
func (p IPItem) pending() bool {
	return p.Patent() && (p.LegalState == "published" || p.LegalState == "examination")
}
