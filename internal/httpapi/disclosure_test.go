package httpapi

import (
	"bytes"
	"encoding/csv"
	"testing"

	"chengqiao/internal/disclosure"
	"chengqiao/internal/text"
)

func TestTheTableOfDisclosuresHoldsNoFormula(t *testing.T) {
	for _, name := range []string{"=1+1", "＝1+1", "＋1", "－1", "＠SUM(A1)", "@x", "-1", "+1", "\t=1"} {
		raw, err := disclosureTable([]disclosure.Entry{{What: disclosure.Document, AccountID: "a", ViewerOrg: "o", FileName: name, Title: text.Zh(name)}},
			map[string]text.Text{"o": text.Zh(name)}, map[string]string{"a": name}, text.Chinese)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff")))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, column := range []int{1, 2, 6, 9} {
			if got := rows[1][column]; got != "'"+name {
				t.Errorf("%s of %q is %q", rows[0][column], name, got)
			}
		}
	}
	if got := plainCell("戈壁＝"); got != "戈壁＝" {
		t.Errorf("a name is changed to %q", got)
	}
}
