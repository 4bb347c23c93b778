package reading

import (
	"regexp"
)

// nowRE tells that something is said of what there is, and not of what is wanted.
var nowRE = regexp.MustCompile(`(?i)现有|目前|当前|现状|原有|传统|仅|只有|只能|现行|以往|过去|已有|已建|现为|现在|\b(?:current(?:ly)?|existing|today|at present|now|so far|conventional|only|reaches|stands at|at the moment)\b`)

var (
	readinessRE = regexp.MustCompile(`(?i)(?:\btrl|技术(?:就绪|成熟)[度程]?|成熟度)(?:等级|级别|水平|\s?level)?[^\d。;,\n]{0,14}?\s?(?:trl\s?-?)?([1-9])(?:\s?(?:~|-|–|至|到|to)\s?(?:trl\s?)?([1-9]))?`)
	readyNumRE  = regexp.MustCompile(`([1-9])(?:\s?(?:~|-|–|至|到|to)\s?([1-9]))?`)
	readyRest   = regexp.MustCompile(`(?i)^(?:[\s:.。()≥>=]|trl|级|及?以上|不低于|至少|达到|or (?:higher|above|more)|at least|level|minimum|第)*$`)
	atMostReady = regexp.MustCompile(`(?i)不高于|不超过|以下|≤|at most|below|up to`)
)

// readReadiness reads the least readiness in sentences that speak of one.
func (d *draft) readReadiness(sentences []sentence) {
	for _, s := range sentences {
		if s.label != "introduction" && readinessRE.MatchString(d.of(s.stretch)) {
			d.readinessOf(s.stretch, false)
		}
	}
}

// readinessOf reads the readiness that a stretch asks for; all tells that it says nothing
// else.
func (d *draft) readinessOf(s stretch, labelled bool) (all bool) {
	folded := d.of(s)
	re := readinessRE
	if labelled {
		re = readyNumRE
	}
	at := re.FindStringSubmatchIndex(folded)
	if at == nil || d.has("min_trl") || atMostReady.MatchString(folded) || !labelled && nowRE.MatchString(d.of(d.clauseOf(s, stretch{s.start + at[0], s.start + at[1]}))) {
		return false
	}
	if end := at[3]; end < len(folded) && (folded[end] >= '0' && folded[end] <= '9' || folded[end] == '.' || folded[end] == '%') {
		return false
	}
	d.out.Content.MinTRL = int(folded[at[2]] - '0')
	found := stretch{s.start + at[0], s.start + at[1]}
	d.from("min_trl", "", found)
	d.measured = append(d.measured, found)
	return labelled && readyRest.MatchString(folded[:at[0]]) && readyRest.MatchString(folded[at[1]:])
}
