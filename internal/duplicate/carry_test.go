package duplicate

import (
	"encoding/json"
	"testing"

	"chengqiao/internal/errs"
)

func TestAFieldIsTakenWholeAndListsByItem(t *testing.T) {
	survivor := json.RawMessage(`{"title":{"zh":"甲"},"ip_items":[{"kind":"invention","number":"1"}]}`)
	other := json.RawMessage(`{"title":{"zh":"乙"},"abstract":{"zh":"文"},"ip_items":[{"kind":"design","number":"2"},{"number":"1","kind":"invention"}],` +
		`"claims":[{"metric":"节水","value":"40","proof_kind":"document","proof_file_id":"f1"}]}`)
	out, err := carry(survivor, other, []Choice{{Field: "abstract"}, {Field: "ip_items", Items: []int{0, 1}}, {Field: "claims", Items: []int{0}}})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"abstract":{"zh":"文"},"claims":[{"metric":"节水","proof_kind":"document","value":"40"}],` +
		`"ip_items":[{"kind":"invention","number":"1"},{"kind":"design","number":"2"}],"title":{"zh":"甲"}}`
	if canonical(out) != want {
		t.Errorf("got  %s\nwant %s", canonical(out), want)
	}
}

func TestWhatCannotBeTakenIsNamed(t *testing.T) {
	for _, c := range []struct {
		choice Choice
		path   string
	}{
		{Choice{Field: "secrets"}, "carry[0].field"},
		{Choice{Field: "tiers"}, "carry[0].field"},
		{Choice{Field: "ip_items", Items: []int{7}}, "carry[0].items"},
		{Choice{Field: "title", Items: []int{0}}, "carry[0].items"},
	} {
		_, err := carry(json.RawMessage(`{}`), json.RawMessage(`{"title":{"zh":"乙"},"tiers":{},"ip_items":[{}]}`), []Choice{c.choice})
		if fields := errs.As(err).Fields; len(fields) != 1 || fields[0].Path != c.path {
			t.Errorf("%+v: %v", c.choice, err)
		}
	}
}
