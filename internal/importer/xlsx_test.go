package importer_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"chengqiao/internal/catalog"
	"chengqiao/internal/errs"
	"chengqiao/internal/importer"
)

func TestASheetIsReadAsPeopleSeeIt(t *testing.T) {
	s := newShelf[catalog.AchievementContent]()
	data := sheetOf(t,
		[]any{"编号", "成果名称（中文）", "年份", "价格（元）", "知识产权2类型", "知识产权2申请日", "知识产权1类型", "合作方式", "公益"},
		[]any{"示例", "这是示例", "", "", "", "", "", "", ""},
		[]any{"1", "甲", 2024, 0.1 + 0.2, "发明专利", time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC), "技术秘密", "技术服务；面议", "是"},
		[]any{},
		[]any{"2", "乙", 2023, 120000},
	)
	report, bad, err := take(t, s, file{"x.xlsx", data}, importer.Skip)
	if err != nil || report.Read != 2 || report.Created != 2 {
		t.Fatalf("%+v %+v %v", report, bad, err)
	}
	c := s.contents["1"]
	if c.Year != 2024 || c.Price.Fen() != 30 || !c.PublicBenefit || len(c.Cooperation) != 2 {
		t.Errorf("%+v", c)
	}
	if len(c.IPItems) != 2 || c.IPItems[0].Kind != "know_how" || c.IPItems[1].Kind != "invention" || c.IPItems[1].FiledOn != "2020-01-02" {
		t.Errorf("%+v", c.IPItems)
	}
	if s.contents["2"].Price.Fen() != 12_000_000 {
		t.Errorf("%+v", s.contents["2"])
	}
}

func TestTheHeadingIsFoundBelowTheTableTitle(t *testing.T) {
	title := []any{"某研究院科技成果汇总表（2026年）"}
	maker := []any{"填报单位：某研究院", "", "", "填报日期：2026年11月30日"}
	heading := []any{"序号", "编号", "成果名称", "摘要", "年份"}
	row := []any{1, "1", "甲", "甲的摘要", time.Date(2023, 5, 1, 0, 0, 0, 0, time.UTC)}
	bad := []any{2, "2", "乙", "乙的摘要", "去年"}
	comma := "某研究院科技成果汇总表（2026年）,,,,\n填报单位：某研究院,,,填报日期：2026年11月30日,\n序号,编号,成果名称,摘要,年份\n1,1,甲,甲的摘要,2023/5/1\n2,2,乙,乙的摘要,去年\n"
	for name, f := range map[string]file{
		"a sheet":                       {"x.xlsx", sheetOf(t, title, maker, heading, row, bad)},
		"a sheet after an empty row":    {"x.xlsx", sheetOf(t, []any{}, maker, heading, row, bad)},
		"CSV of a sheet":                {"x.csv", []byte(comma)},
		"CSV of a sheet, by semicolons": {"x.csv", []byte(strings.ReplaceAll(comma, ",", ";"))},
		"CSV under a bare title":        {"x.csv", []byte("汇总表\n\n序号,编号,成果名称,摘要,年份\n1,1,甲,\"甲的摘要; 长; 很长; 更长; 再长\",2023.5.1\n2,2,乙,乙的摘要,去年\n")},
	} {
		s := newShelf[catalog.AchievementContent]()
		report, rejected, err := take(t, s, f, importer.Skip)
		if err != nil || report.Created != 1 || s.contents["1"].Title.Zh != "甲" || s.contents["1"].Year != 2023 {
			t.Errorf("%s: %+v %+v %v %+v", name, report, rejected, err, s.contents)
		}
		if len(rejected) != 1 || rejected[0].Line != 5 {
			t.Errorf("%s: rejected %+v, want the last row, the fifth", name, rejected)
		}
	}
}

func TestACellThatIsMergedDownCountsForEachRowThatItCovers(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range [][]any{
		{"成果汇总表"},
		{"编号", "成果名称", "技术领域", "年份", "摘要"},
		{"", "", "", "", "（不超过500字）"},
		{"1", "甲", "农业", 2024, "甲的摘要"},
		{"2", "乙", "", "", "乙的摘要"},
		{},
		{"3", "丙", "", 2022, "丙的摘要"},
		{"4", "丁", "核应用", "", "丁的摘要"},
		{"", "", "", "", "丁的另一段摘要"},
	} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range [][2]string{
		{"A1", "E1"}, {"A2", "A3"}, {"B2", "B3"}, // a title, and a heading of two rows
		{"C4", "C7"},                             // one field for three results, across an empty row
		{"D4", "D5"},                             // one year for two
		{"A8", "A9"}, {"B8", "B9"}, {"C8", "C9"}, // one result in two rows
	} {
		if err := f.MergeCell("Sheet1", r[0], r[1]); err != nil {
			t.Fatal(err)
		}
	}
	var data bytes.Buffer
	if err := f.Write(&data); err != nil {
		t.Fatal(err)
	}
	s := newShelf[catalog.AchievementContent]()
	report, rejected, err := take(t, s, file{"x.xlsx", data.Bytes()}, importer.Skip)
	if err != nil || report.Created != 4 {
		t.Fatalf("%+v %+v %v", report, rejected, err)
	}
	for id, want := range map[string]struct {
		field string
		year  int
	}{"1": {"agriculture", 2024}, "2": {"agriculture", 2024}, "3": {"agriculture", 2022}, "4": {"nuclear", 0}} {
		if c := s.contents[id]; c.TechnicalField != want.field || c.Year != want.year {
			t.Errorf("%s is of %q and %d, want %+v", id, c.TechnicalField, c.Year, want)
		}
	}
	// What names a result is not repeated: it would be there twice.
	if last := rejected[len(rejected)-1]; last.Line != 9 || last.Faults[0].Path != "title" || last.Faults[0].Code != "required" {
		t.Errorf("the second row of a result is told as %+v", rejected)
	}
}

func TestARowOfTooManyCellsIsNotTakenForTheHeading(t *testing.T) {
	s := newShelf[catalog.AchievementContent]()
	data := []byte("编号,成果名称\n1,甲,乙,丙,丁\n2,戊\n")
	report, rejected, err := take(t, s, file{"x.csv", data}, importer.Skip)
	if err != nil || report.Created != 1 || s.contents["2"].Title.Zh != "戊" || len(rejected) != 1 || rejected[0].Line != 2 || rejected[0].Faults[0].Code != "wrong_column_count" {
		t.Errorf("%+v %+v %v %+v", report, rejected, err, s.contents)
	}
}

func TestAZipBombIsRefused(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range map[string]io.Reader{
		"[Content_Types].xml":      strings.NewReader("<Types/>"),
		"xl/worksheets/sheet1.xml": io.LimitReader(zeros{}, 64<<20),
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := importer.OpenTable(bytes.NewReader(b.Bytes()), "x.xlsx", 16<<20); errs.CodeOf(err) != "unzipped_too_large" {
		t.Errorf("64 MiB in a file of %d bytes: %v", b.Len(), err)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := io.Copy(w, io.LimitReader(zeros{}, 64<<20)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	table, err := importer.OpenTable(&packed, "x.jsonl.gz", 1<<20)
	for err == nil {
		_, err = table.Next()
		var row *importer.RowFault
		if errors.As(err, &row) {
			err = nil
		}
	}
	if errs.CodeOf(err) != "unzipped_too_large" {
		t.Errorf("a gzip of 64 MiB: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestWhatIsNoTableIsRefusedAndATextIsTakenForNothingElse(t *testing.T) {
	for name, content := range map[string]string{
		"a picture":  "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
		"a PDF":      "%PDF-1.4\n1 0 obj <<>>\nstream\n\x80\x01\x02\nendstream\n%%EOF\n",
		"an archive": "Rar!\x1a\x07\x01\x00\x33\x92\xb5\xe5",
		"a bitmap":   "BM6\x00\x0c\x00\x00\x00",
	} {
		if _, err := importer.OpenTable(strings.NewReader(content), "x.csv", 0); errs.CodeOf(err) != "not_a_table" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, content := range map[string]string{
		"a heading as pictures begin": "BMI,标题\n20,电池\n",
		"a stray byte":                "标题\n电\x01池\n",
		"GB18030":                     "\xb1\xea\xcc\xe2\n\xb5\xe7\xb3\xd8\n",
		"JSON Lines":                  "{\"title\":\"电池\"}\n",
	} {
		table, err := importer.OpenTable(strings.NewReader(content), "x", 0)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_ = table.Close()
	}
}
