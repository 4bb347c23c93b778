package finding

import (
	"reflect"
	"testing"

	"chengqiao/internal/errs"
	"chengqiao/internal/search"
)

func TestAnAddressOfTheSearchIsReadAsTheSearchReadsIt(t *testing.T) {
	least, most, price := int64(4), int64(8), int64(123450)
	r, err := FromParameters(map[string][]string{
		"q": {"电池"}, "kind": {"package", "need"}, "field": {"new_energy"}, "public_benefit": {"true"}, "trl_min": {"4"}, "trl_max": {"8"},
		"price_max": {"1234.50"}, "sort": {"newest"}, "page": {"3"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Request{
		Text:    "电池",
		Filters: map[search.Facet][]string{search.FacetKind: {"package", "need"}, search.FacetField: {"new_energy"}, search.FacetPublicBenefit: {"true"}},
		Ranges:  map[search.Number]search.Range{search.NumberTRL: {Min: &least, Max: &most}, search.NumberPrice: {Max: &price}},
	}
	if !reflect.DeepEqual(r, want) {
		t.Errorf("it reads %+v, want %+v", r, want)
	}
}

func TestWhatIsUnknownOrMalformedIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		value []string
		code  string
	}{
		"colour": {[]string{"red"}, "unknown"}, "trl_min": {[]string{"ten"}, "wrong_format"}, "trl_max": {[]string{"10"}, "wrong_format"},
		"price_min": {[]string{"much"}, "not_an_amount"}, "region": {make([]string, 51), "wrong_format"},
	} {
		_, err := FromParameters(map[string][]string{name: c.value})
		known := errs.As(err)
		if known == nil || len(known.Fields) != 1 || known.Fields[0].Path != "query."+name || known.Fields[0].Code != c.code {
			t.Errorf("%s answers %v", name, err)
		}
	}
}
