package match_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/match"
)

// What people write around what they look for.
var around = []string{
	"我厂建于1996年，现有职工180人，年产值9000万元，产品销往华东和华南。由于现有工艺老旧，成品率一直上不去，多次改造都没有成功。现需要解决：{}。希望有经验的科研院所与我们合作开发，经费120万元以内，一年内完成，知识产权共享。",
	"征集{}方面的成果，转让、许可、入股都可以谈。",
	"一、企业概况：国家高新技术企业，员工四百余人。二、技术难题：{}。三、预期目标：降低成本，提高质量，达到国内先进水平。四、合作方式：委托开发。五、联系人：技术部。",
	"集团控股子公司，获得过五一劳动奖状、市级文明单位等荣誉，硕士以上学历六十人，与清华大学、新疆大学等高校常年合作。按照省政府印发的实施方案要求，需要{}。",
	"We are a medium sized company with 300 employees and customers in many countries. We are looking for {}. The budget is up to 80,000 euros, we are open to licensing or joint development, and proposals should be submitted by the end of the month.",
}

// A term at a seam and stretches that nobody foresaw may be taken wrongly.
func TestWhatStandsAroundASoughtThingDoesNotCount(t *testing.T) {
	cut, whole := match.CutSought(match.ShippedModel(t).Terms, analyse()), analyse()
	for _, sought := range []string{"苦咸水反渗透膜抗结垢技术", "针对滴灌带残膜回收率低的问题，研制卷扬式残膜回收机", "antiscaling reverse osmosis membranes for brackish water"} {
		alone := terms(cut(nil, sought))
		if all := terms(whole(nil, sought)); len(alone) < len(all)-1 {
			t.Errorf("of %q itself remains %q", sought, alone)
		}
		for _, text := range around {
			text = strings.Replace(text, "{}", sought, 1)
			got, all := terms(cut(nil, text)), len(terms(whole(nil, text)))
			var lost, others int
			for _, term := range alone {
				if !slices.Contains(got, term) {
					lost++
				}
			}
			for _, term := range got {
				if !slices.Contains(alone, term) {
					others++
				}
			}
			if lost > 1 || others*2 > all-len(alone) {
				t.Errorf("%q: %d of %d terms that are sought are lost, %d of %d others remain: %q", text, lost, len(alone), others, all-len(alone), got)
			}
		}
	}
}

func TestANeedIsRankedByWhatItSeeksWhateverStandsAroundIt(t *testing.T) {
	x := match.NewIndex(analyse(), match.ShippedModel(t).Terms)
	for id, text := range map[string]string{
		"membrane": "苦咸水反渗透膜抗结垢技术，适用于高盐地下水淡化。",
		"advice":   "高新技术企业产学研合作与技术转让咨询服务，帮助企业降低成本、提高质量，完成科研院所合作开发。",
		"survey":   "企业技术难题调查，职工、产值、工艺、成品率与经费的统计分析。",
	} {
		x.Upsert(match.Listing{Ref: match.Ref{Kind: match.Achievement, ID: id}, Public: onlyBody(text)})
	}
	for _, text := range around[:3] {
		need := onlyBody(strings.Replace(text, "{}", "苦咸水淡化中反渗透膜结垢", 1))
		found := x.Rank(match.ShippedModel(t), match.Ask{View: need, Of: match.Need, Tiers: anyone})
		if len(found) == 0 || found[0].Ref.ID != "membrane" {
			t.Errorf("%q finds %v", text, found)
		}
		result := onlyBody("我们与企业合作开发反渗透膜，降低成本，提高质量。")
		for from, reasons := range map[string][]match.Reason{
			"the need":   x.Explainer(need, match.Need).WithResult(result, nil).Reasons,
			"the result": x.Explainer(result, match.Achievement).WithNeed(need, nil).Reasons,
		} {
			if named := sharedIn(reasons); !slices.Equal(named, []string{"反渗透膜"}) {
				t.Errorf("%q, from %s: both are said to name %q", text, from, named)
			}
		}
	}
}

func TestANeedThatSaysNothingOfWhatItSeeksIsTakenByItsWord(t *testing.T) {
	x := match.NewIndex(analyse(), match.ShippedModel(t).Terms)
	x.Upsert(match.Listing{Ref: match.Ref{Kind: match.Achievement, ID: "advice"}, Public: onlyBody("产学研合作咨询")})
	need, result := onlyBody("寻求产学研合作"), onlyBody("产学研合作咨询")
	if found := x.Rank(match.ShippedModel(t), match.Ask{View: need, Of: match.Need, Tiers: anyone}); len(found) != 1 {
		t.Errorf("it finds %v", found)
	}
	for from, reasons := range map[string][]match.Reason{
		"the need":   x.Explainer(need, match.Need).WithResult(result, nil).Reasons,
		"the result": x.Explainer(result, match.Achievement).WithNeed(need, nil).Reasons,
	} {
		if named := sharedIn(reasons); !slices.Equal(named, []string{"产学研合作"}) {
			t.Errorf("from %s: both are said to name %q", from, named)
		}
	}
}

// Whatever a text is, what remains are some of its terms in their order.
func TestWhatIsSoughtIsPartOfTheText(t *testing.T) {
	cut, whole := match.CutSought(match.ShippedModel(t).Terms, analyse()), analyse()
	pieces := []string{"我公司", "寻求", "合作", "反渗透", "膜", "。", "，", "\n", " ", "5%", "TRL", "we are looking for", "membrane", ". ", "🙂", "\xff", "½", "電池", "a"}
	rapid.Check(t, func(r *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom(pieces)).Draw(r, "text"), "")
		before := []match.Token{{Term: "before"}}
		got, all := cut(slices.Clone(before), text), whole(slices.Clone(before), text)
		at := 0
		for _, token := range got {
			for at < len(all) && all[at] != token {
				at++
			}
			if at == len(all) {
				r.Fatalf("of %q remains %v, not in this order in %v", text, got, all)
			}
			at++
		}
		if len(got) == 0 || got[0] != before[0] {
			r.Fatalf("what was there before is gone: %v", got)
		}
	})
}

func terms(tokens []match.Token) []string {
	var out []string
	for _, t := range tokens {
		if !t.Synonym && !t.Single() {
			out = append(out, t.Term)
		}
	}
	return out
}

// sharedIn are the expressions that reasons say both sides name.
func sharedIn(reasons []match.Reason) []string {
	var out []string
	for _, r := range reasons {
		if named, ok := r.Params["terms"].([]string); ok && r.Code == match.SharedTerms {
			out = append(out, named...)
		}
	}
	return out
}

func onlyBody(text string) *match.View {
	return &match.View{Texts: map[match.Field][]string{match.Body: {text}}}
}
