package conformance

import (
	"testing"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

func corrects(t *testing.T, s Store) {
	e := filled(t, s)
	more := shelf()
	more = append(more, search.Document{ID: "c-hidden", Kind: search.KindNeed, Texts: []search.Text{
		{Tier: policy.TierMembers, Language: "en", Title: "Zirconium furnace"},
		{Tier: policy.TierMembers, Language: "zh", Title: "锆炉衬里"},
	}}, search.Document{ID: "c-water", Kind: search.KindNeed, Texts: []search.Text{
		{Tier: policy.TierPublic, Language: "en", Title: "Irrigation after desalination by nanofiltration"},
	}})
	must(t, e.Apply(within(t), search.Batch{Upsert: more}))
	for _, c := range []struct {
		name, typed string
		reader      search.Reader
		want        string
	}{
		{"a word as it is", "battery", anyone, ""},
		{"a Chinese word as it is", "电池", anyone, ""},
		{"traditional characters", "鋰電池", anyone, ""},
		{"a letter too few", "batery", anyone, "battery"},
		{"two letters swapped", "battrey", anyone, "battery"},
		{"a double letter missed in a short stem", "irigation", anyone, "irrigation"},
		{"a letter doubled in one", "irrrigation", anyone, "irrigation"},
		{"a letter too few in the ending", "irrigaton", anyone, "irrigation"},
		{"in a longer word's", "nanofiltraton", anyone, "nanofiltration"},
		{"in one word of two", "irrigation desalinaton", anyone, "irrigation desalination"},
		{"one word of two", "thermla management", anyone, "thermal management"},
		{"with what stands around it", "(batery) pack!", anyone, "(battery) pack!"},
		{"Cyrillic", "лазернае очистка", anyone, "лазерная очистка"},
		{"an unfinished last word", "batter", anyone, ""},
		{"one that goes beyond its stem", "desalinatio", anyone, "desalination"},
		{"a word, and then one that does", "irrigation desalinatio", anyone, "irrigation desalination"},
		{"pinyin", "dianchi", anyone, "电池"},
		{"pinyin beside a word", "dianchi recycling", anyone, "电池 recycling"},
		{"pinyin with spaces", "re guan li", anyone, "热管理"},
		{"a word that could be pinyin and is one", "machine", anyone, ""},
		{"characters of the same sound", "电迟", anyone, "电池"},
		{"inside a longer word", "废旧电迟回收", anyone, "废旧电池回收"},
		{"of a name that stands inside longer ones alone", "离电池", anyone, "锂电池"},
		{"a syllable of pinyin behind characters", "热管li", anyone, "热管理"},
		{"before them", "dian池回收", anyone, "电池回收"},
		{"pinyin behind a character", "锂dianchi", anyone, "锂电池"},
		{"a letter that is no syllable of anything", "a型", anyone, ""},
		{"nonsense", "zzqxjkvw", anyone, ""},
		{"what members read", "zirconum", member, "zirconium"},
		{"not for others", "zirconum", anyone, ""},
		{"nor its sound", "告炉", anyone, ""},
		{"which members are helped with", "告炉", member, "锆炉"},
		{"a piece of a longer word that differs where it is cut", "锆路", member, ""},
	} {
		q := search.Query{Reader: c.reader, Text: c.typed}
		got, err := e.Correct(within(t), q, ask(t, e, q))
		if err != nil || got.Text != c.want {
			t.Errorf("%s: %q is corrected to %q (%v), want %q", c.name, c.typed, got.Text, err, c.want)
		}
		if got.Text != "" {
			if finds := ask(t, e, search.Query{Reader: c.reader, Text: got.Text}).Total; got.Total != finds {
				t.Errorf("%s: %q is said to find %d and finds %d", c.name, got.Text, got.Total, finds)
			}
		}
	}
	q := search.Query{Text: "batery", Filters: map[search.Facet][]string{search.FacetField: {"核应用"}}}
	if got, err := e.Correct(within(t), q, ask(t, e, q)); err != nil || got != (search.Correction{}) {
		t.Errorf("what finds nothing under the filters is proposed: %+v, %v", got, err)
	}
}

// correctsWhatFewWrite: others make the same mistakes, so that what was mistyped finds
// something; what is meant finds far more.
func correctsWhatFewWrite(t *testing.T, s Store) {
	e := open(t, s)
	documents := numbered(120)
	for i := range documents {
		documents[i].Texts[0].Title = "Battery sensor"
	}
	documents[0].Texts[0].Title = "Batery sensr"
	documents[1].Texts[0].Title = "Sensor of nitride"
	documents[2].Texts[0].Title = "Sensor of nitrite"
	must(t, e.Apply(within(t), search.Batch{Upsert: documents}))
	for typed, want := range map[string]string{
		"batery":        "battery",
		"batery sensor": "battery sensor",
		"battery":       "",
		"nitrite":       "", // hardly more write nitride
	} {
		q := search.Query{Text: typed}
		found := ask(t, e, q)
		got, err := e.Correct(within(t), q, found)
		if err != nil || got.Text != want || found.Total == 0 {
			t.Errorf("%q, which finds %d, is corrected to %q (%v), want %q", typed, found.Total, got.Text, err, want)
		}
	}
}
