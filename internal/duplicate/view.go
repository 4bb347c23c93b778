package duplicate

import (
	"regexp"
	"slices"
	"strings"

	"chengqiao/internal/ident"
	"chengqiao/internal/text"
)

// View is a listing as one sort of reader has it.
type View struct {
	Title text.Text
	// Body is the running text: value line, abstract, problem and goal.
	Body        text.Text
	Identifiers []Identifier
	// Persons are those named in it, by any name that is the same on both
	// sides: ids here, names where records of elsewhere are compared.
	Persons []string
	Year    int
}

// IdentifierKind is what an identifier identifies.
type IdentifierKind string

// The kinds of identifiers.
const (
	PatentNumber       IdentifierKind = "patent"
	RegistrationNumber IdentifierKind = "registration_number"
	FundingNumber      IdentifierKind = "funding"
	SourceRecord       IdentifierKind = "record" // collection and id of an imported record
	DOI                IdentifierKind = "doi"
	ReportNumber       IdentifierKind = "report_number"
)

// Identifier is one identifier in the writing in which equal ones are equal.
type Identifier struct {
	Kind  IdentifierKind
	Value string
}

// Patent is a patent number as an identifier: the application number, which is
// the same before and after the grant. What is no such number is compared as
// it is written.
func Patent(number string) (Identifier, bool) {
	if n, err := ident.ParsePatentNumber(text.Fold(number)); err == nil {
		return Identifier{PatentNumber, n.Application().String()}, true
	}
	return plain(PatentNumber, number)
}

// Registration is an achievement's registration number as an identifier.
func Registration(number string) (Identifier, bool) {
	if n, err := ident.ParseAchievementNumber(text.Fold(number)); err == nil {
		return Identifier{RegistrationNumber, n.String()}, true
	}
	return plain(RegistrationNumber, number)
}

// Record is the place of an imported record in its collection.
func Record(source, id string) (Identifier, bool) {
	source, id = text.Fold(source), text.Fold(id)
	if source == "" || id == "" {
		return Identifier{}, false
	}
	return Identifier{SourceRecord, source + " " + id}, true
}

// plain is an identifier of no known form: letters and digits alone.
func plain(kind IdentifierKind, s string) (Identifier, bool) {
	value := strings.ToUpper(strings.Join(strings.FieldsFunc(text.Fold(s), func(r rune) bool {
		return !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r > 0x2E7F)
	}), ""))
	const least = 6 // shorter ones are words such as "none"
	return Identifier{kind, value}, len([]rune(value)) >= least
}

var (
	fundingNumbers = regexp.MustCompile(`[a-z]{0,6}[-]?\d[a-z0-9-]{5,}`)
	doiForm        = regexp.MustCompile(`\b10\.\d{4,9}/[-._;()/:a-z0-9]+`)
)

// Funding are the numbers in what a listing says of the project that paid.
func Funding(said string) []Identifier {
	var out []Identifier
	for _, number := range fundingNumbers.FindAllString(text.Fold(said), -1) {
		out = append(out, Identifier{FundingNumber, strings.ToUpper(number)})
	}
	return out
}

// leastOfReport is how many Latin letters and digits a report number has at
// least: a year and a word ("2021年度结题报告") are none.
const leastOfReport = 6

// Report is the number of the report to the funder as an identifier. It is
// compared as it is written, for every funder numbers in a way of its own.
func Report(number string) (Identifier, bool) {
	id, ok := plain(ReportNumber, number)
	signs, digits := 0, 0
	for _, r := range id.Value {
		switch {
		case '0' <= r && r <= '9':
			signs, digits = signs+1, digits+1
		case 'A' <= r && r <= 'Z':
			signs++
		}
	}
	return id, ok && signs >= leastOfReport && digits > 0
}

// DOIs are the digital object identifiers (ISO 26324) in running text.
func DOIs(texts ...string) []Identifier {
	var out []Identifier
	for _, t := range texts {
		for _, found := range doiForm.FindAllString(text.Fold(t), -1) {
			out = append(out, Identifier{DOI, strings.TrimRight(found, ".;:)")})
		}
	}
	return out
}

// shared are the identifiers of a kind that both have, and how many the side
// with fewer has.
func shared(a, b []Identifier, kind IdentifierKind) (common []string, fewer int) {
	of := func(list []Identifier) []string {
		var out []string
		for _, i := range list {
			if i.Kind == kind && !slices.Contains(out, i.Value) {
				out = append(out, i.Value)
			}
		}
		return out
	}
	first, second := of(a), of(b)
	for _, v := range first {
		if slices.Contains(second, v) {
			common = append(common, v)
		}
	}
	return common, min(len(first), len(second))
}
