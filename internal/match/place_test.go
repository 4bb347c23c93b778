package match_test

import (
	"testing"

	"chengqiao/internal/match"
)

func TestANeedIsLedByWhatItSeeksAndNotByWhere(t *testing.T) {
	listings := []match.Listing{
		open(match.Achievement, "water", view("油田采出水回用", "油田污水经气浮和膜处理，含油量下降。", "油田污水")),
		open(match.Achievement, "plants", view("克拉玛依地区天然植被调查", "克拉玛依荒漠植被，克拉玛依样地。")),
		open(match.Achievement, "parks", view("克拉玛依城市绿地灌溉", "克拉玛依绿地用水的调度与处理。")),
	}
	x := filled(t, append(listings, catalogue()...)...)
	model := match.ShippedModel(t)
	for _, text := range []string{"克拉玛依 油田污水 处理", "克拉玛依油田污水处理"} {
		ranked := x.Rank(model, match.Ask{View: view(text, text), Of: match.Need, Tiers: anyone})
		for i, r := range ranked {
			if led := r.Ref.ID == "water"; led != (i == 0) && r.Ref.Kind == match.Achievement || !led && r.Ref.Kind == match.Achievement && r.Score > ranked[0].Score/2 {
				t.Errorf("%s: %v", text, refs(ranked))
			}
		}
	}
}
