package analysis

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// FieldGroups are the groups of synonyms of one technical field.
type FieldGroups struct {
	Field  string
	Groups [][]string
	// Lines are where the groups begin in the file.
	Lines []int
}

// FormError says that a file of synonyms is not in its form from a line on.
type FormError struct{ Line int }

func (e *FormError) Error() string {
	return fmt.Sprintf("line %d: under fields each technical field has a list of groups, and each group is a list of expressions", e.Line)
}

// ReadGroups reads the file format: `fields` has for every technical field a list
// of groups, each a list of expressions, whatever they say. Errors are *FormError
// and those of YAML.
func ReadGroups(data []byte) ([]FieldGroups, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, err
	}
	if len(document.Content) == 0 {
		return nil, &FormError{1}
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode || len(root.Content) == 0 {
		return nil, &FormError{root.Line}
	}
	var out []FieldGroups
	for i := 0; i < len(root.Content); i += 2 {
		fields := root.Content[i+1]
		if root.Content[i].Value != "fields" || fields.Kind != yaml.MappingNode {
			return nil, &FormError{root.Content[i].Line}
		}
		for j := 0; j < len(fields.Content); j += 2 {
			f, err := readField(fields.Content[j].Value, fields.Content[j+1])
			if err != nil {
				return nil, err
			}
			out = append(out, f)
		}
	}
	return out, nil
}

func readField(field string, groups *yaml.Node) (FieldGroups, error) {
	f := FieldGroups{Field: field}
	var nodes []yaml.Node
	if err := groups.Decode(&nodes); err != nil {
		return f, &FormError{groups.Line}
	}
	for _, node := range nodes {
		var group []string
		if err := node.Decode(&group); err != nil {
			return f, &FormError{node.Line}
		}
		f.Groups, f.Lines = append(f.Groups, group), append(f.Lines, node.Line)
	}
	return f, nil
}

// ParseGroups is ReadGroups of a file without any fault: what CheckGroup refuses is
// an error that names the field and the group.
func ParseGroups(data []byte) ([]FieldGroups, error) {
	fields, err := ReadGroups(data)
	if err != nil {
		return nil, fmt.Errorf("synonyms: %w", err)
	}
	for _, f := range fields {
		for n, group := range f.Groups {
			if err := CheckGroup(group); err != nil {
				return nil, fmt.Errorf("synonyms: %s, group %d: %w", f.Field, n+1, err)
			}
		}
	}
	return fields, nil
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
