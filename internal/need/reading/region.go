package reading

import (
	"regexp"
	"slices"
	"strings"

	"chengqiao/internal/taxonomy"
)

var (
	// liesRE stands before the place where the asker is, and companyRE behind one with
	// which the name of the asker begins.
	liesRE    = regexp.MustCompile(`(?i)(?:位于|地处|坐落于|坐落在|设在|建在|总部在|厂址在|项目在|所在地[为是:]?|实施地点[在为是:]|(?:based|located|situated) in|(?:plant|site|factory|company|farm|mine|cooperative) (?:in|near))\s*`)
	companyIn = regexp.MustCompile(`(?:^|[,:\s])(?:我们?是|我公司是|公司是|我厂是|本公司是)?\s*`)
	companyRE = regexp.MustCompile(`^(?:某|一家|本地|的)?\s*[^,。;:\s]{0,16}?(?:公司|集团|厂|合作社|企业|园区|煤矿|农场|牧场|团场)`)
	suffixRE  = regexp.MustCompile(`^(?:市|地区|省|自治区|特别行政区|自治州|(?:\p{Han}{1,5}族)?自治州|州|境内|,? ?)`)
)

// readRegion reads where the asker is: where all such places are one, or one within
// another.
func (d *draft) readRegion(sentences []sentence) {
	if d.has("region") {
		return
	}
	region, from := "", stretch{}
	for _, s := range sentences {
		folded := d.of(s.stretch)
		for _, where := range []struct {
			before *regexp.Regexp
			behind *regexp.Regexp
		}{{liesRE, nil}, {companyIn, companyRE}} {
			for _, at := range where.before.FindAllStringIndex(folded, -1) {
				code, end := d.placeAt(folded[at[1]:], where.behind == nil)
				if code == "" || where.behind != nil && !where.behind.MatchString(folded[at[1]+end:]) {
					continue
				}
				found := stretch{s.start + at[1], s.start + at[1] + end}
				switch {
				case region == "" || slices.Contains(d.pathOf(code), region):
					region, from = code, found
				case !slices.Contains(d.pathOf(region), code):
					return // two places, and no telling which
				}
			}
		}
	}
	if region != "" {
		d.out.Content.Region = region
		d.from("region", "", d.trim(from, ","))
	}
}

// placeAt is the region with whose name a text begins, and where that ends: that of the
// last of several places, each in the one before. A short name counts that may be part of
// a word (哈密 of 哈密瓜) where a place is sure to stand, or something behind it says so.
func (d *draft) placeAt(s string, sure bool) (region string, end int) {
	for {
		rest := s[end:]
		length := 0
		if places := d.places.In(rest[:min(len(rest), longestPlace)]); len(places) > 0 && places[0].Start == 0 {
			length = places[0].End
		} else if n := d.places.Begins(rest); n > 0 && (sure || region != "" || placedRE.MatchString(rest[n:])) {
			length = n
		}
		code, ok := d.regionCalled(rest[:length], rest[length:])
		if !ok || region != "" && !slices.Contains(d.pathOf(code), region) {
			return region, end
		}
		region = code
		end += length
		end += len(suffixRE.FindString(s[end:]))
	}
}

// placedRE stands behind the name of a place.
var placedRE = regexp.MustCompile(`^(?:市|地区|州|县|某|一家|本地|当地|的)`)

// longestPlace bounds how far a name is looked for, in bytes.
const longestPlace = 90

// onlyPlace is the region of a value that begins with names of places of which each lies
// in the one before: 新疆克拉玛依市独山子区.
func (d *draft) onlyPlace(s stretch) (string, bool) {
	region, _ := d.placeAt(d.of(s), true)
	return region, region != ""
}

// regionCalled is the region of a name in a text; with what stands behind it where that
// tells two apart, as 吉林市 and 吉林.
func (d *draft) regionCalled(name, behind string) (string, bool) {
	for _, suffix := range []string{"市", "地区", "省", "自治区", "特别行政区"} {
		if strings.HasPrefix(behind, suffix) {
			if code, ok := d.codes.Code(taxonomy.Region, name+suffix); ok && code != "" {
				return code, true
			}
		}
	}
	code, ok := d.codes.Code(taxonomy.Region, name)
	return code, ok && code != "" && name != ""
}

// pathOf is a region's code with those above it, as GB/T 2260 writes them.
func (d *draft) pathOf(code string) []string {
	if len(code) != 6 {
		return []string{code}
	}
	return []string{code, code[:4] + "00", code[:2] + "0000"}
}
