package app_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"chengqiao/internal/exchange"
	"chengqiao/internal/httpapi/contracttest"
)

// uploadImport sends a file to be imported.
func (p *person) uploadImport(kind, name string, content []byte) contracttest.Answer {
	p.w.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	if err := form.WriteField("kind", kind); err != nil {
		p.w.t.Fatal(err)
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		p.w.t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		p.w.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		p.w.t.Fatal(err)
	}
	return p.Post("/imports", b.Bytes(), contracttest.Header("Content-Type", form.FormDataContentType()))
}

// filled is the XLSX template of a kind with rows, by the headings' names.
func (p *person) filled(kind string, rows []map[string]string) []byte {
	p.w.t.Helper()
	template := p.Get("/import-templates/" + kind + "?locale=zh-CN").Expect(http.StatusOK)
	f, err := excelize.OpenReader(bytes.NewReader(template.Body))
	if err != nil {
		p.w.t.Fatal(err)
	}
	defer f.Close()
	sheet := f.GetSheetList()[0]
	heading, err := f.GetRows(sheet)
	if err != nil {
		p.w.t.Fatal(err)
	}
	for i, row := range rows {
		for name, value := range row {
			column := slices.Index(heading[0], name)
			if column < 0 {
				p.w.t.Fatalf("the template has no column %q: %q", name, heading[0])
			}
			cell, _ := excelize.CoordinatesToCellName(column+1, i+3)
			if err := f.SetCellValue(sheet, cell, value); err != nil {
				p.w.t.Fatal(err)
			}
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		p.w.t.Fatal(err)
	}
	return out.Bytes()
}

type importRow struct {
	Number int
	Line   int
	Faults []struct {
		Column  int
		Path    string
		Code    string
		Message string
	}
}

func (p *person) faultyRows(id string) []importRow {
	p.w.t.Helper()
	var page struct{ Items []importRow }
	p.Get("/imports/" + id + "/rows?faulty=true").Expect(http.StatusOK).Into(&page)
	return page.Items
}

// imported waits for a commit to end.
func (p *person) imported(id string) contracttest.Answer {
	p.w.t.Helper()
	var got contracttest.Answer
	eventually(p.w.t, "the import "+id+" is done", func() error {
		if got = p.Get("/imports/" + id).Expect(http.StatusOK); got.Text("state") != "done" {
			return fmt.Errorf("it is %s", got.Text("state"))
		}
		return nil
	})
	return got
}

func resultRows(rows int) []map[string]string {
	var out []map[string]string
	for i := range rows {
		out = append(out, map[string]string{
			"编号": fmt.Sprintf("R-%02d", i+1), "成果名称（中文）": fmt.Sprintf("第 %d 项成果", i+1), "摘要（中文）": "摘要",
			"技术领域": "农业", "技术成熟度": "6", "贡献人1姓名": "张三", "贡献人1角色": "完成人", "贡献人1权重": "3",
			"贡献人2姓名": fmt.Sprintf("李%d", i%3), "贡献人2角色": "转化人员", "贡献人2权重": "1",
		})
	}
	return out
}

func TestAFileIsPreviewedMendedAndTakenAsAWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@institute.example", "周主任")
	w.organisation(head, "institute", "戈壁农业研究所")
	stranger := w.join("head@other.example", "外人")
	w.organisation(stranger, "institute", "别家研究所")

	rows := resultRows(6)
	rows[1]["技术成熟度"] = "很高"
	rows[3]["技术领域"] = "炼金术"
	rows[4]["知识产权2类型"] = "祖传秘方"
	rows[4]["知识产权2名称（中文）"] = "配方"
	file := head.filled("achievement", rows)
	preview := head.uploadImport("achievement", "成果.xlsx", file).Expect(http.StatusCreated)
	id := preview.Text("id")
	if preview.Text("rows") != "6" || preview.Text("faulty") != "3" || preview.Text("creates") != "3" {
		t.Fatalf("%s rows, %s faulty, %s created: %+v", preview.Text("rows"), preview.Text("faulty"), preview.Text("creates"), head.faultyRows(id))
	}
	bad := head.faultyRows(id)
	if len(bad) != 3 {
		t.Fatalf("%+v", bad)
	}
	for i, want := range []struct {
		line       int
		path, code string
	}{{4, "trl", "not_a_number"}, {6, "technical_field", "unknown_value"}, {7, "ip_items[0].kind", "unknown_value"}} {
		f := bad[i].Faults[0]
		if bad[i].Line != want.line || f.Path != want.path || f.Code != want.code || f.Column < 0 || f.Message == "" {
			t.Errorf("row %d: %+v", i, bad[i])
		}
	}

	stranger.Get("/imports/"+id).Refused(http.StatusNotFound, "not_found")
	stranger.Get("/imports/"+id+"/rows").Refused(http.StatusNotFound, "not_found")
	head.Post("/imports/"+id+"/commit", body{}, contracttest.IfMatch(preview.ETag())).Refused(http.StatusConflict, "import_has_faults")

	mend := func(row importRow, value string) body {
		return body{"number": row.Number, "cells": []body{{"index": row.Faults[0].Column, "value": value}}}
	}
	head.Do(http.MethodPatch, "/imports/"+id+"/rows", body{"rows": []body{mend(bad[0], "7")}}, contracttest.IfMatch(`"1"`)).
		Refused(http.StatusPreconditionFailed, "stale_version")
	mended := head.Do(http.MethodPatch, "/imports/"+id+"/rows", body{"rows": []body{
		mend(bad[0], "TRL 7"), mend(bad[1], "新材料及其应用"), mend(bad[2], "技术秘密"),
	}}, contracttest.IfMatch(preview.ETag())).Expect(http.StatusOK)
	if mended.Text("import.faulty") != "0" || mended.Text("import.unready") != "0" {
		t.Fatalf("%s", mended.Body)
	}
	head.Post("/imports/"+id+"/commit", body{"submit": true}, contracttest.IfMatch(mended.ETag())).Expect(http.StatusAccepted)
	head.Post("/imports/"+id+"/commit", body{"submit": true}, contracttest.IfMatch(mended.ETag())).Expect(http.StatusConflict)
	done := head.imported(id)
	if done.Text("result.created") != "6" || done.Text("result.submitted") != "6" {
		t.Fatalf("%s", done.Body)
	}
	head.Post("/imports/"+id+"/commit", body{}, contracttest.IfMatch(done.ETag())).Refused(http.StatusConflict, "import_done")

	var mine struct {
		Items []struct{ ID, State string }
	}
	head.Get("/achievements").Expect(http.StatusOK).Into(&mine)
	if len(mine.Items) != 6 || slices.ContainsFunc(mine.Items, func(h struct{ ID, State string }) bool { return h.State != "in_review" }) {
		t.Fatalf("%+v", mine)
	}
	var people struct{ Items []struct{ Name string } }
	head.Get("/organisations/" + head.Organisation + "/persons?q=" + "李").Expect(http.StatusOK).Into(&people)
	if len(people.Items) != 3 {
		t.Errorf("three people stand in six rows, entered were %+v", people)
	}

	// The same file once more: every record is known again.
	again := head.uploadImport("achievement", "成果.xlsx", head.filled("achievement", resultRows(1))).Expect(http.StatusCreated)
	if again.Text("creates") != "0" || again.Text("same") != "1" && again.Text("faulty") != "1" {
		t.Errorf("%s", again.Body)
	}
}

func TestARecordThatStandsTwiceIsFoundAndLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@institute.example", "周主任")
	w.organisation(head, "institute", "戈壁农业研究所")
	csvFile := "成果名称,摘要\n甲,一\n甲,二\n乙,三\n"
	preview := head.uploadImport("achievement", "a.csv", []byte(csvFile)).Expect(http.StatusCreated)
	id := preview.Text("id")
	bad := head.faultyRows(id)
	if len(bad) != 1 || bad[0].Line != 3 || bad[0].Faults[0].Code != "duplicate_of_line" {
		t.Fatalf("%+v", bad)
	}
	// Renaming the first makes the second the only one of its name.
	mended := head.Do(http.MethodPatch, "/imports/"+id+"/rows", body{"rows": []body{
		{"number": 1, "cells": []body{{"index": 0, "value": "丙"}}},
	}}, contracttest.IfMatch(preview.ETag())).Expect(http.StatusOK)
	if mended.Text("import.faulty") != "0" || mended.Text("import.creates") != "3" {
		t.Fatalf("%s", mended.Body)
	}
	left := head.Do(http.MethodPatch, "/imports/"+id+"/rows", body{"rows": []body{{"number": 3, "left_out": true}}},
		contracttest.IfMatch(mended.ETag())).Expect(http.StatusOK)
	// A column can be given another meaning, and is taken anew.
	assigned := head.Do(http.MethodPatch, "/imports/"+id+"/columns", body{"columns": []body{{"index": 1, "property": "details_zh"}}},
		contracttest.IfMatch(left.ETag())).Expect(http.StatusOK)
	head.Do(http.MethodPatch, "/imports/"+id+"/columns", body{"columns": []body{{"index": 1, "property": "nonsense"}}},
		contracttest.IfMatch(assigned.ETag())).Expect(http.StatusUnprocessableEntity)
	head.Post("/imports/"+id+"/commit", body{"submit": true}, contracttest.IfMatch(assigned.ETag())).
		Refused(http.StatusConflict, "import_not_ready_for_review")
	head.Post("/imports/"+id+"/commit", body{}, contracttest.IfMatch(assigned.ETag())).Expect(http.StatusAccepted)
	if done := head.imported(id); done.Text("result.created") != "2" {
		t.Fatalf("%s", done.Body)
	}
}

func TestAnImportThatItsPersonMayNotSubmitIsNotConfirmed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@institute.example", "周主任")
	w.unverified(head, "institute", "戈壁农业研究所")
	preview := head.uploadImport("achievement", "成果.xlsx", head.filled("achievement", resultRows(1))).Expect(http.StatusCreated)
	path := "/imports/" + preview.Text("id")
	head.Post(path+"/commit", body{"submit": true}, contracttest.IfMatch(preview.ETag())).Refused(http.StatusForbidden, "not_allowed")
	if still := head.Get(path).Expect(http.StatusOK); still.Text("state") != "open" {
		t.Fatalf("it is %s", still.Text("state"))
	}
	head.Post(path+"/commit", body{}, contracttest.IfMatch(preview.ETag())).Expect(http.StatusAccepted)
	if done := head.imported(preview.Text("id")); done.Text("result.created") != "1" {
		t.Fatalf("%s", done.Body)
	}
}

func TestContributorsAreAskedAboutWhatAnImportSubmits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@institute.example", "周主任")
	w.organisation(head, "institute", "戈壁农业研究所")
	record := `{"id":"R-1","title":{"zh":"甲"},"abstract":{"zh":"摘要"},"technical_field":"new_materials","trl":6,` +
		`"contributors":[{"person_id":"` + head.personID + `","role":"COMPLETER","weight":5}]}`
	preview := head.uploadImport("achievement", "a.jsonl", []byte(record+"\n")).Expect(http.StatusCreated)
	if preview.Text("creates") != "1" || preview.Text("unready") != "0" {
		t.Fatalf("%s: %+v", preview.Body, head.faultyRows(preview.Text("id")))
	}
	head.Post("/imports/"+preview.Text("id")+"/commit", body{"submit": true}, contracttest.IfMatch(preview.ETag())).Expect(http.StatusAccepted)
	head.imported(preview.Text("id"))
	var mine struct {
		Items []struct{ Answer string }
	}
	head.Get("/me/contributions").Expect(http.StatusOK).Into(&mine)
	if len(mine.Items) != 1 {
		t.Fatalf("who contributed is asked about %+v", mine.Items)
	}
}

func TestASpreadsheetThatHoldsOneTextVeryOftenIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@institute.example", "周主任")
	w.unverified(head, "institute", "戈壁农业研究所")
	f := excelize.NewFile()
	defer f.Close()
	sheet, long := f.GetSheetList()[0], strings.Repeat("长", 10_000)
	for row := 1; row <= 2500; row++ {
		if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", row), &[]string{fmt.Sprintf("成果 %d", row), long}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetSheetRow(sheet, "A1", &[]string{"成果名称", "摘要"}); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := f.Write(&file); err != nil {
		t.Fatal(err)
	}
	if file.Len() > 1<<20 {
		t.Fatalf("the file itself has %d bytes", file.Len())
	}
	head.uploadImport("achievement", "成果.xlsx", file.Bytes()).Refused(http.StatusRequestEntityTooLarge, "unzipped_too_large")
}

func TestWhatIsExportedIsImportedBackUnchanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@institute.example", "周主任")
	w.organisation(head, "institute", "戈壁农业研究所")
	contents := []body{
		{"title": zh("甲"), "abstract": zh("第一行\n第二行，含“引号”, \"quotes\"")},
		{
			"title": body{"zh": "乙", "en": "Second"}, "value_line": zh("=1+1"), "abstract": zh("-40℃ 下仍可用"), "details": zh("'@apostrophe"),
			"keywords_zh": []string{"电池", "低温"}, "keywords_en": []string{"N,N-dimethyl", "cold"}, "trl": 6, "form": "material",
			"technical_field": "new_materials", "region": "650100", "industry": "C", "year": 2024, "public_benefit": true,
			"cooperation": []string{"licence_know_how", "negotiable"}, "price_mode": "listing", "price": cny("120000.50"),
			"claims":   []body{{"metric": zh("容量"), "value": "80", "unit": "%"}, {"metric": zh("寿命"), "value": "10"}, {"metric": zh("成本"), "value": "-3"}},
			"ip_items": []body{{"kind": "know_how", "title": zh("配方")}},
			"contributors": []body{
				{"person_id": head.personID, "role": "COMPLETER", "weight": 5},
			},
			"trl_evidence": []body{{"level": 6, "text": zh("中试报告")}}, "tiers": body{"details": "NDA"}, "contact_rule": "platform",
		},
	}
	both := func(zh, en string) body { return body{"zh": zh, "en": en} }
	contents = append(contents, body{
		"title": both("丙", "Third"), "abstract": zh("两种语言"),
		"claims": []body{
			{"metric": both("循环寿命", "Cycle life"), "value": "4000", "baseline": both("旧款 3000", "3000 of the old one"), "conditions": body{"en": "25 °C"}},
			{"metric": body{"en": "COP"}, "value": "3.2", "conditions": zh("环境温度 7 度")},
		},
		"ip_items": []body{{"kind": "know_how", "title": both("配方", "Recipe")}, {"kind": "know_how", "title": body{"en": "Process"}}},
		"trl":      5, "trl_evidence": []body{{"level": 5, "text": both("中试", "Pilot")}},
	})
	for _, c := range contents {
		head.Post("/achievements", c).Expect(http.StatusCreated)
	}
	head.Post("/needs", body{
		"title": zh("求"), "problem": zh("难"), "requirements": []body{{"criterion": both("电耗低", "Low power"), "metric": both("电耗", "Power"), "operator": "<=", "threshold": "25", "unit": "kWh", "level": "must"}},
		"budget_max": cny("500000.00"), "deadline": "2099-01-31", "anonymous": true,
	}).Expect(http.StatusCreated)
	head.Post("/packages", body{"title": zh("包"), "components": []body{{"kind": "service", "title": "调试", "weight_bps": 10000, "rights": body{"offer": "service"}}}}).
		Expect(http.StatusCreated)

	for _, kind := range []string{"achievement", "need", "package"} {
		for _, format := range []string{"csv", "xlsx", "jsonl"} {
			for _, locale := range []string{"zh-CN", "en"} {
				name := kind + " " + format + " " + locale
				file := head.Get("/exports/" + kind + "?format=" + format + "&locale=" + locale).Expect(http.StatusOK)
				back := head.uploadImport(kind, "x."+format, file.Body).Expect(http.StatusCreated)
				if back.Text("same") != back.Text("rows") || back.Text("rows") == "0" {
					t.Errorf("%s: %s", name, back.Body)
					for _, r := range head.faultyRows(back.Text("id")) {
						t.Errorf("%s: %+v", name, r)
					}
				}
				head.Do(http.MethodDelete, "/imports/"+back.Text("id"), nil).Expect(http.StatusNoContent)
			}
		}
	}

	file := head.Get("/exports/achievement?format=csv&locale=zh-CN").Expect(http.StatusOK)
	for _, line := range strings.Split(string(file.Body), "\n") {
		for _, cell := range strings.Split(line, ",") {
			if strings.HasPrefix(strings.Trim(cell, `"`), "=") || strings.HasPrefix(cell, "-") || strings.HasPrefix(cell, "@") {
				t.Errorf("a spreadsheet would take %q for a formula", cell)
			}
		}
	}
	// What people change in the file changes the drafts that it came from.
	changed := bytes.Replace(file.Body, []byte("Second"), []byte("Zweite"), 1)
	preview := head.uploadImport("achievement", "x.csv", changed).Expect(http.StatusCreated)
	if preview.Text("updates") != "1" || preview.Text("same") != "2" {
		t.Fatalf("%s", preview.Body)
	}
	head.Post("/imports/"+preview.Text("id")+"/commit", body{}, contracttest.IfMatch(preview.ETag())).Expect(http.StatusAccepted)
	if done := head.imported(preview.Text("id")); done.Text("result.updated") != "1" {
		t.Fatalf("%s", done.Body)
	}
	// The old export does not write over what has changed since.
	stale := head.uploadImport("achievement", "x.csv", file.Body).Expect(http.StatusCreated)
	if bad := head.faultyRows(stale.Text("id")); len(bad) != 1 || bad[0].Faults[0].Code != "changed_here" {
		t.Errorf("%+v", bad)
	}
	read := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file.Body, []byte("\xef\xbb\xbf"))))
	if _, err := read.ReadAll(); err != nil && err != io.EOF {
		t.Errorf("the export is no CSV: %v", err)
	}
}

// A fault in one language of an item is told at the column of that language.
func TestAFaultInALanguageIsToldAtItsColumn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@institute.example", "周主任")
	w.organisation(head, "institute", "戈壁农业研究所")
	long := strings.Repeat("e", 201)
	for heading, column := range map[string]int{"指标1名称（中文）,指标1名称（英文）": 2, "指标1数值,指标1名称": 2} {
		file := "成果名称（中文）," + heading + "\n甲,9," + long + "\n"
		preview := head.uploadImport("achievement", "x.csv", []byte(file)).Expect(http.StatusCreated)
		bad := head.faultyRows(preview.Text("id"))
		if len(bad) != 1 || bad[0].Faults[0].Column != column || bad[0].Faults[0].Path != "claims[0].metric.en" || bad[0].Faults[0].Code != "too_long" {
			t.Errorf("%s: %+v", heading, bad)
		}
	}
}

func TestFilesThatAreNoneAreRefusedWithAReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@institute.example", "周主任")
	w.organisation(head, "institute", "戈壁农业研究所")
	many := "成果名称\n" + strings.Repeat("甲\n", 5001)
	for name, c := range map[string]struct {
		content []byte
		status  int
		code    string
	}{
		"nothing":            {nil, http.StatusUnprocessableEntity, "file_empty"},
		"a heading alone":    {[]byte("成果名称\n"), http.StatusUnprocessableEntity, "file_empty"},
		"an old spreadsheet": {[]byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1}, http.StatusBadRequest, "format_not_read"},
		"a broken zip":       {[]byte("PK\x03\x04 and nothing else"), http.StatusBadRequest, "malformed_xlsx"},
		"a picture":          {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), http.StatusBadRequest, "not_a_table"},
		"too many rows":      {[]byte(many), http.StatusRequestEntityTooLarge, "too_many_rows"},
		"too many bytes":     {append([]byte("PK\x03\x04"), make([]byte, exchange.MaxBytes)...), http.StatusRequestEntityTooLarge, "file_too_large"},
		"a column twice":     {[]byte("标题,标题\na,b\n"), http.StatusBadRequest, "column_twice"},
	} {
		got := head.uploadImport("achievement", "x.csv", c.content)
		if got.Status != c.status || got.Text("code") != c.code || strings.Contains(got.Text("title"), "{") {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
	var waiting struct{ Items []struct{ ID string } }
	head.Get("/imports").Expect(http.StatusOK).Into(&waiting)
	if len(waiting.Items) != 0 {
		t.Errorf("%d previews of files that were refused", len(waiting.Items))
	}
	visitor := w.visitor()
	visitor.Get("/imports").Expect(http.StatusUnauthorized)
	visitor.Get("/exports/achievement").Expect(http.StatusUnauthorized)
}
