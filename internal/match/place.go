package match

import "chengqiao/internal/gazetteer"

// placeShare is how much of a word the name of a place counts in a need. It says where
// something is wanted, and mostly not what; a long one is several pairs of characters, each
// seldom, that would weigh more than all else in a need of few words.
const placeShare = 0.1

// inside tells whether a token lies in one of some places, which are in order; those
// before it are taken off.
func inside(places *[]gazetteer.Extent, t Token) bool {
	for len(*places) > 0 && (*places)[0].End <= t.Start {
		*places = (*places)[1:]
	}
	return len(*places) > 0 && (*places)[0].Start <= t.Start && t.End <= (*places)[0].End
}
