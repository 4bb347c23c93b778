package importer_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"chengqiao/config"
	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/importer"
	"chengqiao/internal/listing"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
)

// counted imports a file and holds its report to what it tells of: every row is
// counted once, and every rejected one is told.
func counted[C any](t *testing.T, i *importer.Importer[C], f file, h *importer.Harvesting) {
	t.Helper()
	rejected := int64(0)
	r, err := i.Run(context.Background(), policy.SystemActor(), f, importer.Options{
		OwnerOrg: "org", OnError: importer.Skip, Harvest: h, Rejected: func(importer.Rejection) { rejected++ },
	})
	if err == nil && (r.Read != r.Created+r.Updated+r.Unchanged+r.Rejected || r.Rejected != rejected) {
		t.Fatalf("%+v, %d told", r, rejected)
	}
}

func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"id,title\n1,\"a\n", "\xef\xbb\xbf编号;标题\n1;甲\n", "编号,成果名称（中文）,知识产权1类型,知识产权1申请日,指标2名称\n1,甲,发明专利,2020/1/2,容量\n",
		"编号,成果名称,价格,关键词,贡献人1姓名,贡献人1权重\n示例,乙,12万元,\"[\"\"a,b\"\"]\",张三,-3\n", "id\ttitle\n'=1\t'@x\n",
	} {
		f.Add([]byte(seed))
	}
	m := mapping(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, n := newShelf[catalog.AchievementContent](), newShelf[need.Content]()
		counted(t, importer.Achievements(s, s, m), file{"x.csv", data}, nil)
		counted(t, importer.Needs(n, n, m), file{"x.csv", data}, nil)
	})
}

func FuzzJSONLines(f *testing.F) {
	for _, seed := range []string{
		good, `{"id":1,"claims":"[{}]","price":"-9999999999999999万","trl":"TRL-5","keywords":{"a":1}}`,
		`{"id":"x","title":{"zh":"甲","en":7},"price":{"amount":"1.00","currency":"XYZ"},"ip_items":[{"kind":"发明专利","filed_on":43831}],"tiers":{"price":"NDA"}}`,
		`{"id":"x","version":-1,"title_zh":"甲","ip_items_1_kind":"x","contributors":[{"name":"张三"},7]}`,
	} {
		f.Add([]byte(seed))
	}
	m := mapping(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, p := newShelf[catalog.AchievementContent](), newShelf[catalog.PackageContent]()
		counted(t, importer.Achievements(s, s, m), file{"x.jsonl", data}, nil)
		counted(t, importer.Packages(p, p, m), file{"x.jsonl", data}, nil)
	})
}

// sheetOf is an XLSX of rows.
func sheetOf(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func FuzzXLSX(f *testing.F) {
	f.Add(sheetOf(f, []any{"编号", "成果名称", "年份"}, []any{"1", "甲", 2024}))
	f.Add(sheetOf(f, []any{"id", "title"}, []any{}, []any{"2", "=1+1"}))
	f.Add(sheetOf(f))
	f.Add([]byte("PK\x03\x04"))
	m := mapping(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		s := newShelf[catalog.AchievementContent]()
		counted(t, importer.Achievements(s, s, m), file{"x.xlsx", data}, nil)
	})
}

// seen keeps the origins of a harvest.
type seen map[string]listing.Origin

func (s seen) KeepOrigins(_ context.Context, origins []listing.Origin) error {
	for _, o := range origins {
		s[o.SourceID] = o
	}
	return nil
}

func (s seen) SeeOrigins(context.Context, string, string, string, []string, time.Time) error {
	return nil
}

func (s seen) Vanish(context.Context, string, string, string, time.Time, clock.Date) (int64, error) {
	return 0, nil
}

func (s seen) Origin(context.Context, string) (listing.Origin, bool, error) {
	return listing.Origin{}, false, nil
}

func FuzzHarvest(f *testing.F) {
	f.Add([]byte(`{"id":"s-1","lang":"en","title":"Mesh tool","description":"Meshes.","center":"ARC","tags":["NASA","Aeronautics"],"url":"https://records.example/1"}`))
	f.Add([]byte(`{"id":"s-2","title":"x","tags":"Propulsion; Other","url":"javascript:alert(1)"}`))
	f.Add([]byte(`{"id":"s-3","title":"x","tags":{"a":[]},"url":["https://a.example"],"form":"?"}`))
	m := mapping(f)
	profiles, err := importer.LoadHarvests(config.Files, m)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, origins := newShelf[catalog.AchievementContent](), seen{}
		counted(t, importer.Achievements(s, s, m), file{"x.jsonl", data}, &importer.Harvesting{
			Harvest: profiles["nasa-software"], Origins: origins, At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		})
		if len(origins) != len(s.listings) {
			t.Fatalf("%d listings with %d origins", len(s.listings), len(origins))
		}
		for id, o := range origins {
			if o.Named.Licence.IsZero() || o.Contact() == "" || o.Link != "" && !bytes.HasPrefix([]byte(o.Link), []byte("http")) {
				t.Fatalf("%s has the origin %+v", id, o)
			}
		}
	})
}

func FuzzNeutralCells(f *testing.F) {
	for _, seed := range []string{"", "=1+1", "'=1", "''@x", "-40℃", "plain", "'quoted'", "＝全角"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		cell := importer.Neutral(s)
		if importer.Restore(cell) != s {
			t.Fatalf("%q becomes %q and comes back as %q", s, cell, importer.Restore(cell))
		}
		for _, opening := range []string{"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"} {
			if bytes.HasPrefix([]byte(cell), []byte(opening)) {
				t.Fatalf("%q begins like a formula", cell)
			}
		}
	})
}
