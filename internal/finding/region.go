package finding

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/taxonomy"
)

// regionNames are the names of a region as typing is compared with them.
type regionNames struct {
	code string
	keys [2]string // in Chinese, in English
	// sounds are the spellings of the whole Chinese name: pinyin and initials.
	sounds []string
}

// ByRegion lets the finder know regions by their names.
func (f *Finder) ByRegion(lists *taxonomy.Set) {
	f.lists, f.regions, f.regionsBySound = lists, nil, map[string]string{}
	for _, term := range lists.List(taxonomy.Region) {
		zh := analysis.Key(term.Name.Zh)
		_, first := utf8.DecodeRuneInString(zh)
		later := analysis.Sounds(zh[first:])
		f.regions = append(f.regions, regionNames{
			code: term.Code, keys: [2]string{zh, analysis.Key(term.Name.En)},
			sounds: slices.DeleteFunc(analysis.Sounds(zh), func(sound string) bool { return slices.Contains(later, sound) }),
		})
		for _, sound := range analysis.Pinyin(taxonomy.ShortName(term.Name.Zh)) {
			if _, taken := f.regionsBySound[sound]; !taken && len(sound) >= leastRegionSound {
				f.regionsBySound[sound] = term.Code
			}
		}
	}
}

// leastRegionSound: shorter pinyin is as well an English word or a name, Ali and Yili.
const leastRegionSound = 5

// regionCalled is the code of the region that is called so, also in pinyin where that is
// not its name in English: Kelamayi is Karamay.
func (f *Finder) regionCalled(called string) (code string, ok bool) {
	if code, ok = f.lists.ByName(taxonomy.Region, called); !ok {
		code, ok = f.regionsBySound[analysis.Key(called)]
	}
	return code, ok
}

// RegionSuggestion is a region whose name begins with what was typed.
type RegionSuggestion struct {
	Region string
	// Count is how many listings the reader finds there.
	Count int
}

// leastRegionKey: one letter begins a hundred names.
const leastRegionKey = 2

// suggestRegions completes what was typed to the names of regions where the
// reader finds anything. The engine is asked only where a name answers, so that
// most typing costs no more than comparing the names.
func (f *Finder) suggestRegions(ctx context.Context, reader search.Reader, text string) ([]RegionSuggestion, error) {
	typed := analysis.NewTyped(text)
	if f.lists == nil || len(typed.Key()) < leastRegionKey {
		return nil, nil
	}
	begin := map[string]analysis.Closeness{}
	for _, region := range f.regions {
		if c := region.begins(typed); c != analysis.Apart {
			begin[region.code] = c
		}
	}
	// Also as people say it: 吉林 is the province, though its city is called so no less.
	if code, ok := f.regionCalled(typed.Key()); ok {
		begin[code] = analysis.Exact
	}
	if len(begin) == 0 {
		return nil, nil
	}
	result, err := f.searcher.Search(ctx, search.Query{Reader: reader, Facets: []search.Facet{search.FacetRegion}})
	if err != nil {
		return nil, err
	}
	var found []search.Candidate[RegionSuggestion]
	for _, v := range result.Facets[search.FacetRegion] {
		if c, ok := begin[v.Value]; ok {
			found = append(found, search.Candidate[RegionSuggestion]{
				Closeness: c, Count: v.Count, Key: v.Value, Value: RegionSuggestion{Region: v.Value, Count: v.Count},
			})
		}
	}
	search.Rank(found)
	var out []RegionSuggestion
	for _, c := range found[:min(len(found), suggestedRegions)] {
		out = append(out, c.Value)
	}
	return out, nil
}

// begins tells how one of the names begins with what was typed, by letters or by
// sound; Apart if none does. What stands inside a name is no place that is meant:
// 河 is a river in most.
func (r regionNames) begins(typed analysis.Typed) analysis.Closeness {
	best := analysis.Apart
	for _, key := range r.keys {
		switch {
		case key == typed.Key():
			return analysis.Exact
		case strings.HasPrefix(key, typed.Key()):
			best = analysis.Begins
		}
	}
	heard := func(sound string) bool { return strings.HasPrefix(sound, typed.Sound()) }
	if best == analysis.Apart && typed.Sound() != "" && slices.ContainsFunc(r.sounds, heard) {
		return analysis.SoundsBegins
	}
	return best
}
