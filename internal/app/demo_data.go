package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"go.yaml.in/yaml/v3"

	embeddedconfig "chengqiao/config"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// demoData is config/demo as read: listings stay maps until their references
// are known.
type demoData struct {
	Organisations []demoOrganisation
	Accounts      []demoAccount
	Persons       []demoPerson
	Achievements  []demoListing
	Packages      []demoListing
	Needs         []demoListing
}

type demoOrganisation struct {
	Ref        string
	Kind       policy.OrgKind
	Name       text.Text
	CreditCode string `yaml:"credit_code"`
	Region     string
	About      text.Text
}

type demoAccount struct {
	Ref, Name, Email, Organisation string
	Roles                          []policy.Role
}

type demoPerson struct{ Ref, Name, Organisation string }

// demoListing is one listing with its names in the files taken out of it.
type demoListing struct {
	ref, owner string
	content    map[string]any
}

// UnmarshalYAML takes ref and owner out of the content.
func (l *demoListing) UnmarshalYAML(node *yaml.Node) error {
	if err := node.Decode(&l.content); err != nil {
		return err
	}
	l.ref, _ = l.content["ref"].(string)
	l.owner, _ = l.content["owner"].(string)
	delete(l.content, "ref")
	delete(l.content, "owner")
	if l.ref == "" || l.owner == "" {
		return fmt.Errorf("line %d: a listing needs ref and owner", node.Line)
	}
	return nil
}

func readDemo() (demoData, error) {
	var data demoData
	for _, name := range []string{"organisations", "achievements", "packages", "needs"} {
		raw, err := embeddedconfig.Files.ReadFile("demo/" + name + ".yaml")
		if err != nil {
			return data, fmt.Errorf("demo: %w", err)
		}
		decoder := yaml.NewDecoder(bytes.NewReader(raw))
		decoder.KnownFields(true)
		if err := decoder.Decode(&data); err != nil {
			return data, fmt.Errorf("demo/%s.yaml: %w", name, err)
		}
	}
	return data, nil
}

// demoContent brings a listing into the form of its content type: amounts
// become money, names in the files become ids.
func demoContent[C any](d *demo, l demoListing) (C, error) {
	var content C
	for _, key := range []string{"price", "budget_min", "budget_max"} {
		if amount, ok := l.content[key].(string); ok {
			l.content[key] = map[string]any{"amount": amount, "currency": "CNY"}
		}
	}
	for _, part := range items(l.content["contributors"]) {
		if ref, ok := part["person"]; ok {
			part["person_id"] = d.persons[fmt.Sprint(ref)]
			delete(part, "person")
		}
	}
	for _, part := range items(l.content["components"]) {
		if ref, ok := part["achievement"]; ok {
			part["achievement_id"] = d.achievements[fmt.Sprint(ref)]
			delete(part, "achievement")
		}
	}
	raw, err := json.Marshal(l.content)
	if err != nil {
		return content, err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&content); err != nil {
		return content, fmt.Errorf("%s: %w", l.ref, err)
	}
	return content, nil
}

// unproven is the listing with its claims as merely declared.
func (l demoListing) unproven() demoListing {
	l.content = maps.Clone(l.content)
	claims := []any{}
	for _, c := range items(l.content["claims"]) {
		c = maps.Clone(c)
		c["proof_kind"] = declared
		claims = append(claims, c)
	}
	if len(claims) > 0 {
		l.content["claims"] = claims
	}
	return l
}

func items(list any) []map[string]any {
	var out []map[string]any
	entries, _ := list.([]any)
	for _, e := range entries {
		if m, ok := e.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}
