package analysis_test

import (
	"testing"

	"chengqiao/internal/search/analysis"
)

func TestNamesOfSeveralWordsAreSoughtByTheirWordsToo(t *testing.T) {
	synonyms, err := analysis.NewSynonyms([][]string{{"锂电池", "lithium battery", "аккумулятор литиевый", "LiB"}, {"雾凇 ice", "rime"}, {"wastewater", "废水"}})
	if err != nil {
		t.Fatal(err)
	}
	a := analysis.New(synonyms)
	for query, several := range map[string]bool{
		"lithium battery": true, "Lithium Batteries": true, "литиевый аккумулятор": false, "аккумулятор литиевый": true,
		"锂电池": false, "LiB": false, "雾凇 ice": false, "waste water": false, "30 kW": false,
	} {
		plan := a.Plan(query)
		unit := plan.Units[0]
		if got := unit.Sought() != unit.Term; got != several {
			t.Errorf("%q is sought by the words of a name: %v, %+v", query, got, plan.Units)
		}
		if unit := plan.Apart().Units[0]; unit.Sought() != unit.Term {
			t.Errorf("%q is, where any unit answers: %+v", query, unit)
		}
	}
}

// 锂电池 is said in a row, and lithium battery is not that alone: who asks for both asks
// for two things.
func TestANameAndItsSynonymAreNotTakenForOne(t *testing.T) {
	synonyms, err := analysis.NewSynonyms([][]string{{"锂电池", "lithium battery"}})
	if err != nil {
		t.Fatal(err)
	}
	a := analysis.New(synonyms)
	if a.Plan("锂电池").Key() == a.Plan("lithium battery").Key() {
		t.Error("they have one key")
	}
	for _, text := range []string{"锂电池 lithium battery", "lithium battery 锂电池"} {
		if plan := a.Plan(text); len(plan.Units) != 2 || len(plan.Apart().Units) != 1 {
			t.Errorf("%q asks for %+v, and where any unit answers for %+v", text, plan.Units, plan.Apart().Units)
		}
	}
}

// It answers until the next is made, and has nothing under names.
func TestAnIndexOfAnOlderProgramIsNotAskedForNames(t *testing.T) {
	synonyms, err := analysis.NewSynonyms([][]string{{"锂电池", "lithium battery"}})
	if err != nil {
		t.Fatal(err)
	}
	a := analysis.New(synonyms)
	for version, names := range map[string]bool{a.Version(): true, "6-0123": false, "": false} {
		unit := a.Asking(version).Plan("lithium battery").Units[0]
		if got := unit.Name != ""; got != names {
			t.Errorf("an index of %q is asked for names: %v", version, got)
		}
	}
}
