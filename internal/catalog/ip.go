package catalog

import (
	"slices"
	"strings"

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
	p.Number, p.Title = strings.TrimSpace(p.Number), strings.TrimSpace(p.Title)
	if p.Patent() {
		if n, err := ident.ParsePatentNumber(p.Number); err == nil {
			p.Number = n.String()
		}
	}
	return p
}

func (p IPItem) check(f *listing.Faults, i int, set *taxonomy.Set) {
	at := func(field string) string { return listing.At("ip_items", i, field) }
	f.Required(at("kind"), p.Kind != "")
	f.Code(at("kind"), p.Kind, set, taxonomy.IPKind)
	f.Code(at("legal_state"), p.LegalState, set, taxonomy.IPState)
	f.String(at("number"), p.Number, 40)
	f.String(at("title"), p.Title, maxShort)
	f.Date(at("filed_on"), p.FiledOn)
	f.Date(at("granted_on"), p.GrantedOn)
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
	number, err := ident.ParsePatentNumber(p.Number)
	switch {
	case err != nil:
		f.Add(at("number"), errs.CodeOf(err))
	case !ofKind(number.Kind(), p.Kind):
		f.Add(at("number"), "patent_number_kind_mismatch")
	}
	if p.FiledOn != "" && p.GrantedOn != "" && p.GrantedOn < p.FiledOn {
		f.Add(at("granted_on"), "before_filing")
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

// checkCooperation refuses to offer a patent that nobody has granted.
func checkCooperation(f *listing.Faults, modes []string, items []IPItem) {
	granted := slices.ContainsFunc(items, IPItem.GrantedPatent)
	pending := slices.ContainsFunc(items, IPItem.pending)
	for i, mode := range modes {
		switch {
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
