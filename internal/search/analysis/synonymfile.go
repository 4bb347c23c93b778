package analysis

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// FieldGroups are the groups of synonyms of one technical field.
type FieldGroups struct {
	Field  string
	Groups [][]string
}

// ParseGroups reads the file format: `fields` has for every technical field a
// list of groups, each a list of expressions. What CheckGroup refuses is an
// error that names the field and the group.
func ParseGroups(data []byte) ([]FieldGroups, error) {
	var file struct {
		Fields yaml.Node `yaml:"fields"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("synonyms: %w", err)
	}
	if file.Fields.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("synonyms: line %d: fields maps the code of a technical field to its groups", file.Fields.Line)
	}
	var out []FieldGroups
	for i := 0; i+1 < len(file.Fields.Content); i += 2 {
		f := FieldGroups{Field: file.Fields.Content[i].Value}
		if err := file.Fields.Content[i+1].Decode(&f.Groups); err != nil {
			return nil, fmt.Errorf("synonyms: %s: %w", f.Field, err)
		}
		for n, group := range f.Groups {
			if err := CheckGroup(group); err != nil {
				return nil, fmt.Errorf("synonyms: %s, group %d: %w", f.Field, n+1, err)
			}
		}
		out = append(out, f)
	}
	return out, nil
}

// ParseSynonyms makes the synonyms of a file; errors are those of ParseGroups.
func ParseSynonyms(data []byte) (*Synonyms, error) {
	fields, err := ParseGroups(data)
	if err != nil {
		return nil, err
	}
	var all [][]string
	for _, f := range fields {
		all = append(all, f.Groups...)
	}
	return NewSynonyms(all)
}
