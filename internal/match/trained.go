package match

import (
	"bytes"
	"fmt"
	"math"

	"go.yaml.in/yaml/v3"
)

// Evaluation is what a model's learnt weights are worth: figures of judged
// queries, each measured with weights that were learnt without it.
type Evaluation struct {
	// Date is the day of the training, as in 2026-11-23.
	Date  string          `yaml:"date"`
	Folds int             `yaml:"folds"`
	Seed  int64           `yaml:"seed"`
	Sets  []EvaluationSet `yaml:"sets"`
}

// EvaluationSet are the held-out figures of one set of queries.
type EvaluationSet struct {
	Name       string  `yaml:"name"`
	Queries    int     `yaml:"queries"`
	NDCGAt10   float64 `yaml:"ndcg_at_10"`
	RecallAt20 float64 `yaml:"recall_at_20"`
	MRR        float64 `yaml:"mrr"`
}

// Retrained is a model's file with another version, other weights of texts and
// their evaluation. Everything else stays as it is, comments too.
func Retrained(raw []byte, version string, texts TextWeights, e Evaluation) ([]byte, error) {
	var file yaml.Node
	if err := yaml.Unmarshal(raw, &file); err != nil {
		return nil, fmt.Errorf("match model: %w", err)
	}
	if len(file.Content) != 1 || file.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("match model: not a mapping")
	}
	root := file.Content[0]
	if err := set(root, "version", version, yaml.DoubleQuotedStyle); err != nil {
		return nil, err
	}
	weights := map[string]map[Feature]float64{"learnt": texts.Learnt, "alone": texts.Alone}
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value != "texts" {
			continue
		}
		for name, w := range weights {
			if err := set(root.Content[i+1], name, rounded(w), yaml.FlowStyle); err != nil {
				return nil, err
			}
		}
	}
	if err := set(root, "evaluation", e, 0); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(&file); err != nil {
		return nil, fmt.Errorf("match model: %w", err)
	}
	if _, err := ParseModel(out.Bytes()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// set puts a value under a key of a mapping, at its end if it is new.
func set(mapping *yaml.Node, key string, value any, style yaml.Style) error {
	var node yaml.Node
	if err := node.Encode(value); err != nil {
		return fmt.Errorf("match model: %s: %w", key, err)
	}
	node.Style = style
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			mapping.Content[i+1] = &node
			return nil
		}
	}
	mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, &node)
	return nil
}

// rounded leaves of each weight as much as tells it apart.
func rounded(weights map[Feature]float64) map[Feature]float64 {
	const thousand = 1000
	out := make(map[Feature]float64, len(weights))
	for f, w := range weights {
		out[f] = math.Round(w*thousand) / thousand
	}
	return out
}
