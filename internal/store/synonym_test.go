package store_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
	"chengqiao/internal/synonym"
)

var operator = policy.Actor{AccountID: "operator", OrgID: "platform", OrgKind: policy.Platform, Roles: []policy.Role{policy.Operator}, OrgVerified: true}

// lengths counts an expression by its letters.
type lengths struct{}

func (lengths) Count(_ context.Context, _ policy.Actor, expression string, alone bool) (int, error) {
	if alone {
		return 1, nil
	}
	return len([]rune(expression)), nil
}

// synonymList is a list over a store with what ships.
func synonymList(db *sqldb.DB, shipped ...analysis.FieldGroups) *synonym.Service {
	return synonym.NewService(synonym.Deps{
		Tx: db, Store: store.NewSynonym(db), Journal: store.NewJournal(db, nil, nil), Clock: clock.System{},
		Fields: []string{"new_energy", "agriculture"}, Shipped: shipped, Applied: func() int64 { return 1 }, Counter: lengths{},
	})
}

var (
	energy = analysis.FieldGroups{Field: "new_energy", Groups: [][]string{{"电池", "battery"}, {"氢能", "hydrogen energy"}}}
	crops  = analysis.FieldGroups{Field: "agriculture", Groups: [][]string{{"玉米", "maize"}}}
)

// inUse are the groups that search uses, in their order.
func inUse(t *testing.T, list *synonym.Service) []string {
	t.Helper()
	synonyms, _, err := list.Synonyms(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, g := range synonyms.Groups() {
		out = append(out, strings.Join(g, "="))
	}
	return out
}

func groupsOf(t *testing.T, list *synonym.Service, f synonym.Filter) []synonym.Group {
	t.Helper()
	f.Limit = 100
	page, err := list.Groups(t.Context(), operator, f)
	if err != nil {
		t.Fatal(err)
	}
	return page.Items
}

func wantUse(t *testing.T, when string, list *synonym.Service, want ...string) {
	t.Helper()
	if got := inUse(t, list); !slices.Equal(got, want) {
		t.Errorf("%s, in use are %q, want %q", when, got, want)
	}
}

func TestAnOperatorsChangesLieOverWhatShips(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		ctx, list := t.Context(), synonymList(db, energy, crops)
		wantUse(t, "at first", list, "电池=battery", "氢能=hydrogen energy", "玉米=maize")
		battery := groupsOf(t, list, synonym.Filter{Query: "Batteries"})[0]

		changed, _, err := list.Save(ctx, operator, battery.ID, 0, synonym.Form{Field: "new_energy", Expressions: []string{" 电池 ", "battery", "电  池", "蓄电池"}})
		if err != nil || changed.State != synonym.Changed || changed.Version != 1 || !slices.Equal(changed.Default, battery.Expressions) {
			t.Fatalf("%+v, %v", changed, err)
		}
		own, shared, err := list.Add(ctx, operator, synonym.Form{Field: "agriculture", Expressions: []string{"苞米", "Maize"}})
		if err != nil || len(shared) != 1 || shared[0].First != "玉米" || shared[0].Expression != "Maize" {
			t.Fatalf("an expression of two groups is not told: %+v, %v", shared, err)
		}
		hydrogen := groupsOf(t, list, synonym.Filter{Query: "氢能"})[0]
		off, _, err := list.Save(ctx, operator, hydrogen.ID, 0, synonym.Form{Field: hydrogen.Field, Expressions: hydrogen.Expressions, Disabled: true})
		if err != nil || off.State != synonym.Disabled {
			t.Fatal(off, err)
		}
		wantUse(t, "changed", list, "电池=battery=电 池=蓄电池", "玉米=maize", "苞米=Maize")

		// A newer program brings other groups: what the operator did stays, what nobody touched is new.
		newer := synonymList(db, analysis.FieldGroups{Field: "new_energy", Groups: [][]string{
			{"电池", "battery", "аккумулятор"}, {"光伏", "photovoltaic"},
		}}, analysis.FieldGroups{Field: "agriculture", Groups: [][]string{{"玉米", "maize", "corn"}}})
		wantUse(t, "after an upgrade", newer, "电池=battery=电 池=蓄电池", "光伏=photovoltaic", "玉米=maize=corn", "苞米=Maize")

		if err := list.Remove(ctx, operator, own.ID, own.Version); err != nil {
			t.Fatal(err)
		}
		if err := newer.Remove(ctx, operator, battery.ID, changed.Version); err != nil {
			t.Fatal(err)
		}
		wantUse(t, "taken back", newer, "电池=battery=аккумулятор", "光伏=photovoltaic", "玉米=maize=corn")
		if r, err := list.Revision(ctx); err != nil || r.Number != 5 || time.Since(r.ChangedAt) > time.Minute {
			t.Errorf("the list stands at %+v, %v", r, err)
		}
		if s, err := list.Status(ctx, operator); err != nil || s.Applied {
			t.Errorf("what is not applied passes for applied: %+v, %v", s, err)
		}
	})
}

func TestOfTwoOperatorsAtOnceOneIsToldToReload(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		list := synonymList(db, energy)
		battery := groupsOf(t, list, synonym.Filter{Query: "电池"})[0]
		var group sync.WaitGroup
		faults := make([]error, 4)
		for i := range faults {
			group.Go(func() {
				_, _, faults[i] = list.Save(context.WithoutCancel(t.Context()), operator, battery.ID, 0,
					synonym.Form{Field: "new_energy", Expressions: []string{"电池", strings.Repeat("x", i+1)}})
			})
		}
		group.Wait()
		saved := 0
		for _, err := range faults {
			switch {
			case err == nil:
				saved++
			case errs.CodeOf(err) != "stale_version":
				t.Error(err)
			}
		}
		if saved != 1 {
			t.Errorf("%d of four saved over the same version", saved)
		}
		r, err := list.Revision(t.Context())
		if err != nil || r.Number != 1 {
			t.Errorf("one change makes the list %+v, %v", r, err)
		}
	})
}

func TestFaultyGroupsAreRefusedWithTheirPlace(t *testing.T) {
	list := synonymList(storetest.SQLite(t), energy)
	many := make([]string, synonym.MaxExpressions+1)
	for i := range many {
		many[i] = strings.Repeat("词", i+1)
	}
	for name, c := range map[string]struct {
		form synonym.Form
		want string
	}{
		"one expression":          {synonym.Form{Field: "new_energy", Expressions: []string{"电池"}}, "expressions two_expressions"},
		"the same twice":          {synonym.Form{Field: "new_energy", Expressions: []string{"Battery", "batteries"}}, "expressions two_expressions"},
		"nothing to search":       {synonym.Form{Field: "new_energy", Expressions: []string{"电池", "!?"}}, "expressions[1] nothing_to_search"},
		"a long expression":       {synonym.Form{Field: "new_energy", Expressions: []string{strings.Repeat("电", 81), "x"}}, "expressions[0] too_long"},
		"too many expressions":    {synonym.Form{Field: "new_energy", Expressions: many}, "expressions too_many"},
		"a field that is not one": {synonym.Form{Field: "cooking", Expressions: []string{"a", "b"}}, "field unknown_value"},
	} {
		_, _, err := list.Add(t.Context(), operator, c.form)
		e := errs.As(err)
		if e == nil || len(e.Fields) != 1 || e.Fields[0].Path+" "+e.Fields[0].Code != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	own, _, err := list.Add(t.Context(), operator, synonym.Form{Field: "new_energy", Expressions: []string{"a", "b"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := list.Save(t.Context(), operator, own.ID, 1, synonym.Form{Field: "new_energy", Expressions: []string{"a", "b"}, Disabled: true}); errs.KindOf(err) != errs.Invalid {
		t.Errorf("an own group is switched off: %v", err)
	}
	for _, actor := range []policy.Actor{{}, {AccountID: "a", OrgID: "o", OrgKind: policy.Institute, Roles: []policy.Role{policy.Officer}, OrgVerified: true}} {
		if _, err := list.Groups(t.Context(), actor, synonym.Filter{Limit: 1}); err == nil {
			t.Errorf("%+v reads the list", actor)
		}
		if _, _, err := list.Add(t.Context(), actor, synonym.Form{}); err == nil {
			t.Errorf("%+v adds to the list", actor)
		}
	}
}

func TestAListGoesOutAndComesBackAsItWas(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		ctx, list := t.Context(), synonymList(db, energy, crops)
		bring := func(file string) synonym.Imported {
			t.Helper()
			r, err := list.Revision(ctx)
			if err != nil {
				t.Fatal(err)
			}
			done, err := list.Import(ctx, operator, r.Number, []byte(file))
			if err != nil {
				t.Fatal(err)
			}
			return done
		}
		took := func(want, got synonym.Imported) {
			t.Helper()
			if got.Revision = 0; got != want {
				t.Errorf("the import did %+v, want %+v", got, want)
			}
		}
		took(synonym.Imported{Added: 1, Changed: 1, Disabled: 1}, bring(`fields:
  new_energy:
  - [电池, battery, "蓄电池, 旧称"]
  agriculture:
  - [玉米, maize]
  - [棉花, cotton]`))
		wantUse(t, "imported", list, "电池=battery=蓄电池, 旧称", "玉米=maize", "棉花=cotton")
		file, revision, err := list.Export(ctx, operator)
		if err != nil || revision != 1 {
			t.Fatal(revision, err)
		}
		took(synonym.Imported{}, bring(string(file)))
		wantUse(t, "out and in again", list, "电池=battery=蓄电池, 旧称", "玉米=maize", "棉花=cotton")
		took(synonym.Imported{Changed: 1, Restored: 2}, bring("fields:\n  new_energy:\n  - [电池, battery]\n  - [氢能, hydrogen energy]\n  agriculture:\n  - [玉米, maize]\n  - [棉花, cotton, хлопок]"))
		took(synonym.Imported{Removed: 1}, bring("fields:\n  new_energy:\n  - [电池, battery]\n  - [氢能, hydrogen energy]\n  agriculture:\n  - [玉米, maize]"))
		wantUse(t, "as it ships", list, "电池=battery", "氢能=hydrogen energy", "玉米=maize")

		if _, err := list.Import(ctx, operator, 1, file); errs.CodeOf(err) != "stale_version" {
			t.Errorf("a file of an older list: %v", err)
		}
		for content, want := range map[string]string{
			"fields:\n  agriculture:\n  - [玉米, maize]\n  - [棉花]": "synonym_file_group 4 two_expressions",
			"fields:\n  cooking:\n  - [a, b]":                    "synonym_file_group 3 unknown_value",
			"groups: []":                                         "synonym_file_form 1",
			"棉花,cotton":                                          "synonym_file_form 1",
			"":                                                   "synonym_file_form 1",
			"fields:\n  agriculture:\n  - 棉花, cotton": "synonym_file_form 3",
			"fields: [":                    "synonym_file <nil>",
			"fields: {}":                   "synonym_file_empty <nil>",
			"fields:\n  agriculture:":      "synonym_file_empty <nil>",
			"fields:\n  agriculture: []\n": "synonym_file_empty <nil>",
		} {
			_, err := list.Import(ctx, operator, 4, []byte(content))
			e := errs.As(err)
			if e == nil {
				t.Errorf("%q: %v", content, err)
				continue
			}
			got := fmt.Sprint(e.Code, " ", e.Params["line"])
			for _, f := range e.Fields {
				got += " " + f.Code
			}
			if got != want {
				t.Errorf("%q: %s, want %s", content, got, want)
			}
		}
		wantUse(t, "after faulty files", list, "电池=battery", "氢能=hydrogen energy", "玉米=maize")
	})
}

func TestGroupsComeBackAsThemselvesWhateverTheyBeginWith(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		ctx, list := t.Context(), synonymList(db, energy)
		battery := groupsOf(t, list, synonym.Filter{Query: "电池"})[0]
		if _, _, err := list.Save(ctx, operator, battery.ID, 0, synonym.Form{Field: battery.Field, Expressions: []string{"battery", "电池"}}); err != nil {
			t.Fatal(err)
		}
		// It begins with what the changed one began with.
		if _, _, err := list.Add(ctx, operator, synonym.Form{Field: battery.Field, Expressions: []string{"电池", "电芯"}}); err != nil {
			t.Fatal(err)
		}
		// It says what one that is switched off says.
		hydrogen := groupsOf(t, list, synonym.Filter{Query: "氢能"})[0]
		same := synonym.Form{Field: hydrogen.Field, Expressions: hydrogen.Expressions}
		if _, _, err := list.Add(ctx, operator, same); err != nil {
			t.Fatal(err)
		}
		same.Disabled = true
		if _, _, err := list.Save(ctx, operator, hydrogen.ID, 0, same); err != nil {
			t.Fatal(err)
		}
		before := groupsOf(t, list, synonym.Filter{})
		file, revision, err := list.Export(ctx, operator)
		if err != nil {
			t.Fatal(err)
		}
		done, err := list.Import(ctx, operator, revision, file)
		if done.Revision = 0; err != nil || done != (synonym.Imported{}) {
			t.Errorf("what the list says already does %+v, %v", done, err)
		}
		if after := groupsOf(t, list, synonym.Filter{}); !reflect.DeepEqual(after, before) {
			t.Errorf("the list was\n%+v\nand is\n%+v", before, after)
		}

		more := strings.Replace(string(file), "[battery, 电池]", "[battery, 电池, 蓄电池]", 1)
		done, err = list.Import(ctx, operator, revision+1, []byte(more))
		if done.Revision = 0; err != nil || done != (synonym.Imported{Changed: 1}) {
			t.Errorf("one expression more does %+v, %v", done, err)
		}
		wantUse(t, "with one expression more", list, "battery=电池=蓄电池", "电池=电芯", "氢能=hydrogen energy")
	})
}

func TestThePagesOfTheListHoldEachGroupOnce(t *testing.T) {
	list := synonymList(storetest.SQLite(t), energy, crops)
	var seen []string
	f := synonym.Filter{Limit: 1}
	for {
		page, err := list.Groups(t.Context(), operator, f)
		if err != nil || page.Total != 3 || page.ByField["new_energy"] != 2 || page.ByField["agriculture"] != 1 {
			t.Fatalf("%+v, %v", page, err)
		}
		seen = append(seen, page.Items[0].Expressions[0])
		if f.After = page.Next; f.After == "" {
			break
		}
	}
	if !slices.Equal(seen, []string{"电池", "氢能", "玉米"}) {
		t.Errorf("the pages hold %v", seen)
	}
	if _, err := list.Groups(t.Context(), operator, synonym.Filter{Limit: 1, After: "gone"}); errs.CodeOf(err) != "malformed_cursor" {
		t.Errorf("behind a group that is not there: %v", err)
	}
	found, err := list.Preview(t.Context(), operator, []string{" 电池 ", ""})
	if err != nil || !slices.Equal(found, []synonym.Found{{Expression: "电池", With: 2, Alone: 1}}) {
		t.Errorf("%+v, %v", found, err)
	}
}
