package httpapi_test

import (
	"os"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

// newer are words of JSON Schema 2020-12 that the validator of requests, made
// for OpenAPI 3.0, would pass over.
var newer = []string{
	"const", "if", "then", "else", "prefixItems", "contains", "minContains", "maxContains", "patternProperties", "propertyNames",
	"dependentRequired", "dependentSchemas", "unevaluatedItems", "unevaluatedProperties", "$defs", "$dynamicRef", "contentSchema",
	"exclusiveMinimum", "exclusiveMaximum",
}

func TestRequestsAreHeldToEveryWordOfTheContract(t *testing.T) {
	raw, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var contract yaml.Node
	if err := yaml.Unmarshal(raw, &contract); err != nil {
		t.Fatal(err)
	}
	var walk func(n *yaml.Node, named bool)
	walk = func(n *yaml.Node, named bool) {
		switch {
		case n.Kind != yaml.MappingNode:
			for _, child := range n.Content {
				walk(child, false)
			}
		default:
			for i := 0; i < len(n.Content); i += 2 {
				word, value := n.Content[i], n.Content[i+1]
				// Properties and schemas have names of their own.
				if !named && slices.Contains(newer, word.Value) {
					t.Errorf("line %d: requests are not held to %q", word.Line, word.Value)
				}
				walk(value, !named && (word.Value == "properties" || word.Value == "schemas"))
			}
		}
	}
	walk(&contract, false)
}

// TestNoBodyTakesWhatTheContractDoesNotName holds that a misspelled word is
// refused in every request: one that is let pass (untill for until, of a grant)
// means something else than was asked for.
func TestNoBodyTakesWhatTheContractDoesNotName(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var walk func(at string, ref *openapi3.SchemaRef)
	walk = func(at string, ref *openapi3.SchemaRef) {
		if ref == nil {
			return
		}
		s := ref.Value
		open := s.AdditionalProperties.Schema == nil && (s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has)
		if s.Type.Is(openapi3.TypeObject) && open {
			t.Errorf("%s takes any property", at)
		}
		for name, property := range s.Properties {
			walk(at+"."+name, property)
		}
		walk(at+"[]", s.Items)
	}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			if op.RequestBody == nil {
				continue
			}
			if content := op.RequestBody.Value.Content["application/json"]; content != nil {
				walk(op.OperationID, content.Schema)
			}
		}
	}
}
