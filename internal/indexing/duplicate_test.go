package indexing_test

import (
	"slices"
	"testing"

	"chengqiao/internal/catalog"
	"chengqiao/internal/duplicate"
	"chengqiao/internal/indexing"
	"chengqiao/internal/text"
)

func TestAnAchievementIsComparedByAllItsIdentifiers(t *testing.T) {
	c := catalog.AchievementContent{
		Abstract:           text.Zh("见 doi:10.1234/abcd。"),
		IPItems:            []catalog.IPItem{{Number: "ZL 2017 1060 1862.3"}, {Title: "技术秘密"}},
		RegistrationNumber: "6502021y0123", FundingProject: "重点研发计划 2021B0101001", ReportNumber: "400017297--2021A0001/01",
	}
	want := []duplicate.Identifier{
		{Kind: duplicate.PatentNumber, Value: "201710601862.3"},
		{Kind: duplicate.RegistrationNumber, Value: "6502021Y0123"},
		{Kind: duplicate.ReportNumber, Value: "4000172972021A000101"},
		{Kind: duplicate.FundingNumber, Value: "2021B0101001"},
		{Kind: duplicate.DOI, Value: "10.1234/abcd"},
	}
	if got := indexing.AchievementView(c).Identifiers; !slices.Equal(got, want) {
		t.Errorf("it is known by %v, want %v", got, want)
	}
}
