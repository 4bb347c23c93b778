// Package taxonomy owns the coded lists of config/taxonomies: technical
// fields, industries, regions, forms, kinds and states of rights, reasons. A
// code is stable and is what is stored; names are shown in both languages.
// Lists are data: a term is added by editing a file.
package taxonomy

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"

	"chengqiao/internal/text"
)

// The lists that the program itself asks for codes of.
const (
	TechnicalField    = "technical_field"
	Industry          = "industry"
	StrategicIndustry = "strategic_industry"
	Region            = "region"
	Form              = "form"
	TRL               = "trl"
	IPKind            = "ip_kind"
	IPState           = "ip_state"
	Cooperation       = "cooperation"
	PriceMode         = "price_mode"
	ContactRule       = "contact_rule"
	Exclusivity       = "exclusivity"
	Offer             = "offer"
	ComponentKind     = "component_kind"
	ContributorRole   = "contributor_role"
	ProofKind         = "proof_kind"
	RequirementLevel  = "requirement_level"
	DeclineReason     = "decline_reason"
	CloseReason       = "close_reason"
	IrrelevantResult  = "irrelevant_result"
	IrrelevantNeed    = "irrelevant_need"
	ContractType      = "contract_type"
	Payment           = "payment"
	NeedOutcome       = "need_outcome"
	OrganisationKind  = "organisation_kind"
)

// asked are the lists that must be there.
var asked = []string{
	TechnicalField, Industry, StrategicIndustry, Region, Form, TRL, IPKind, IPState, Cooperation, PriceMode, ContactRule, Exclusivity,
	Offer, ComponentKind, ContributorRole, ProofKind, RequirementLevel, DeclineReason, CloseReason, IrrelevantResult, IrrelevantNeed, ContractType,
	Payment, NeedOutcome, OrganisationKind,
}

// Folder is where the lists stand in the program's data files.
const Folder = "taxonomies"

// Term is one entry of a list.
type Term struct {
	Code string
	Name text.Text
	// Parent is the code of the term above it in the same list; "" at the top.
	Parent string
}

// Set is all lists. It never changes after Load and is safe for concurrent use.
type Set struct {
	lists map[string]list
}

type list struct {
	terms  []Term
	byCode map[string]int
	// byName are the codes by what people call them, see ByName.
	byName map[string]string
}

type wireTerm struct {
	Code   string `yaml:"code"`
	Zh     string `yaml:"zh"`
	En     string `yaml:"en"`
	Parent string `yaml:"parent"`
}

// code is what a term's code may look like: it goes into URLs and SQL columns.
var code = regexp.MustCompile(`^[A-Za-z0-9_/-]{1,30}$`)

// Load reads every file of Folder. The error names all that is wrong: a file
// that cannot be read, a list that stands twice or is missing, a code that is
// malformed or repeated, a name missing in a language, a parent that does not
// stand before its child.
func Load(files fs.FS) (*Set, error) {
	names, err := fs.Glob(files, path.Join(Folder, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("taxonomy: %w", err)
	}
	s := &Set{lists: map[string]list{}}
	var faults []error
	for _, name := range names {
		faults = append(faults, s.read(files, name))
	}
	for _, name := range asked {
		if _, ok := s.lists[name]; !ok {
			faults = append(faults, fmt.Errorf("taxonomy: no list %s", name))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Set) read(files fs.FS, name string) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("taxonomy: %w", err)
	}
	var lists map[string][]wireTerm
	if err := yaml.Unmarshal(raw, &lists); err != nil {
		return fmt.Errorf("taxonomy: %s: %w", name, err)
	}
	var faults []error
	for listName, terms := range lists {
		if _, twice := s.lists[listName]; twice {
			faults = append(faults, fmt.Errorf("taxonomy: %s: list %s stands twice", name, listName))
			continue
		}
		l, err := newList(terms)
		if err != nil {
			faults = append(faults, fmt.Errorf("taxonomy: %s: %s: %w", name, listName, err))
		}
		s.lists[listName] = l
	}
	return errors.Join(faults...)
}

func newList(terms []wireTerm) (list, error) {
	l := list{byCode: make(map[string]int, len(terms)), byName: make(map[string]string, 3*len(terms))}
	var faults []error
	for _, t := range terms {
		_, parentKnown := l.byCode[t.Parent]
		_, repeated := l.byCode[t.Code]
		switch {
		case !code.MatchString(t.Code):
			faults = append(faults, fmt.Errorf("malformed code %q", t.Code))
		case repeated:
			faults = append(faults, fmt.Errorf("code %s stands twice", t.Code))
		case t.Zh == "" || t.En == "":
			faults = append(faults, fmt.Errorf("%s has no name in one language", t.Code))
		case t.Parent != "" && !parentKnown:
			faults = append(faults, fmt.Errorf("%s stands before its parent %q", t.Code, t.Parent))
		}
		l.byCode[t.Code] = len(l.terms)
		l.terms = append(l.terms, Term{Code: t.Code, Name: text.Text{Zh: t.Zh, En: t.En}, Parent: t.Parent})
		for _, called := range []string{t.Zh, t.En, ShortName(t.Zh)} {
			if _, taken := l.byName[nameKey(called)]; !taken { // 吉林 is the province, which stands before its city
				l.byName[nameKey(called)] = t.Code
			}
		}
	}
	return l, errors.Join(faults...)
}

// Names are the names of all lists, sorted.
func (s *Set) Names() []string {
	out := make([]string, 0, len(s.lists))
	for name := range s.lists {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// List is a list's terms in their order; nil for an unknown list.
func (s *Set) List(name string) []Term { return slices.Clone(s.lists[name].terms) }

// Has tells whether a list has a code.
func (s *Set) Has(name, code string) bool {
	_, ok := s.lists[name].byCode[code]
	return ok
}

// Term is a code's entry in a list.
func (s *Set) Term(name, code string) (Term, bool) {
	l := s.lists[name]
	i, ok := l.byCode[code]
	if !ok {
		return Term{}, false
	}
	return l.terms[i], true
}

// Name is a code's name; the code itself where the list does not know it, so
// that a term removed from a file still shows as something.
func (s *Set) Name(name, code string) text.Text {
	if t, ok := s.Term(name, code); ok {
		return t.Name
	}
	return text.Text{Zh: code, En: code}
}

// Path is a code with the codes above it, the code first: a filter on any of
// them finds what bears the code. Empty for an unknown code.
func (s *Set) Path(name, code string) []string {
	var out []string
	for t, ok := s.Term(name, code); ok; t, ok = s.Term(name, t.Parent) {
		out = append(out, t.Code)
	}
	return out
}

// Children are the codes directly below one; "" asks for the top ones.
func (s *Set) Children(name, parent string) []string {
	var out []string
	for _, t := range s.lists[name].terms {
		if t.Parent == parent {
			out = append(out, t.Code)
		}
	}
	return out
}

// ByName is the code whose Chinese or English name a text is, compared as
// folded text without accents (Urumqi); a name without its administrative suffix
// (北京 for 北京市) counts too, and an English one with what translations put behind it
// (Guangdong Province). Imports map free text by it, and a search finds the places that
// it names.
func (s *Set) ByName(name, called string) (string, bool) {
	key := nameKey(called)
	code, ok := s.lists[name].byName[key]
	for _, suffix := range englishSuffixes {
		if short, cut := strings.CutSuffix(key, suffix); cut && !ok {
			code, ok = s.lists[name].byName[short]
		}
	}
	return code, ok
}

// englishSuffixes are what translations put behind the names of regions, as keys, longer
// ones first.
var englishSuffixes = []string{
	" uygur autonomous region", " uyghur autonomous region", " zhuang autonomous region", " hui autonomous region", " autonomous region",
	" autonomous prefecture", " prefecture", " province", " city",
}

// nameKey is the form in which names are compared.
func nameKey(called string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(text.Fold(called)))
}

// suffixes are what people leave away of the names of regions, longer ones first.
var suffixes = []string{
	"柯尔克孜自治州", "维吾尔自治区", "哈萨克自治州", "壮族自治区", "回族自治区", "回族自治州", "蒙古自治州", "藏族自治州",
	"特别行政区", "自治区", "地区", "省", "市",
}

// ShortName is a region's Chinese name as people say it: of two characters at least.
func ShortName(full string) string {
	for _, suffix := range suffixes {
		if short, ok := strings.CutSuffix(full, suffix); ok && utf8.RuneCountInString(short) >= 2 {
			return short
		}
	}
	return full
}
