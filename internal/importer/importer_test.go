package importer_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"chengqiao/config"
	"chengqiao/internal/catalog"
	"chengqiao/internal/errs"
	"chengqiao/internal/importer"
	"chengqiao/internal/listing"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// file is a file in memory.
type file struct {
	name string
	data []byte
}

func (f file) Name() string                 { return f.name }
func (f file) Size() int64                  { return int64(len(f.data)) }
func (f file) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.data)), nil }

func jsonl(lines ...string) file {
	return file{"records.jsonl", []byte(strings.Join(lines, "\n") + "\n")}
}

// shelf keeps what it is given by id, as the services do, in transactions.
type shelf[C any] struct {
	listings map[string]string
	contents map[string]C
	refuse   func(c C) []errs.Field
	batches  int
}

func newShelf[C any]() *shelf[C] {
	return &shelf[C]{listings: map[string]string{}, contents: map[string]C{}}
}

func (s *shelf[C]) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	before, contents := maps.Clone(s.listings), maps.Clone(s.contents)
	err := fn(ctx)
	if err != nil {
		s.listings, s.contents = before, contents
	}
	return err
}

func (s *shelf[C]) Import(_ context.Context, _ policy.Actor, b listing.Batch[C]) ([]listing.Imported, error) {
	s.batches++
	var out []listing.Imported
	for _, r := range b.Records {
		done := listing.Imported{SourceID: r.ID, Outcome: listing.Created}
		says := fmt.Sprintf("%+v", r.Content)
		known, there := s.listings[r.ID]
		var faults []errs.Field
		if r.ID == "" {
			faults = []errs.Field{{Path: "source_id", Code: "required"}}
		} else if s.refuse != nil {
			faults = s.refuse(r.Content)
		}
		switch {
		case len(faults) > 0:
			done.Outcome, done.Faults = listing.Rejected, faults
		case there && known == says:
			done.Outcome = listing.Unchanged
		case there:
			done.Outcome = listing.Updated
		}
		if done.Outcome != listing.Rejected {
			s.listings[r.ID], s.contents[r.ID] = says, r.Content
		}
		out = append(out, done)
	}
	return out, nil
}

func mapping(t testing.TB) *importer.Mapping {
	t.Helper()
	taxonomies, err := taxonomy.Load(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	m, err := importer.LoadMapping(config.Files, taxonomies)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func take(t testing.TB, s *shelf[catalog.AchievementContent], f file, onError importer.OnError) (importer.Report, []importer.Rejection, error) {
	t.Helper()
	var bad []importer.Rejection
	r, err := importer.Achievements(s, s, mapping(t)).Run(context.Background(), policy.SystemActor(), f,
		importer.Options{OwnerOrg: "org", OnError: onError, Rejected: func(x importer.Rejection) { bad = append(bad, x) }})
	return r, bad, err
}

const good = `{"id":"a1","lang":"zh","title":"一种电池","abstract":"电池的摘要"}`

func TestEveryLineIsCountedOnceAndTheBadOnesByNumberAndReason(t *testing.T) {
	s := newShelf[catalog.AchievementContent]()
	f := jsonl(
		good,
		`{"id":"a2","title":"broken`,
		``,
		`["not","an","object"]`,
		`{"id":"a3","lang":"zh","title":" ","abstract":"没有标题"}`,
		`{"id":"a1","title":"again"}`,
		`{"title":"no id"}`,
		`{"id":"a4","title":"bad year","year":"soon"}`,
		`{"id":"a5","title":"bad claims","claims":[{"metrics":"x"}]}`,
		`{"id":"a6","title":"unknown place","region":"Atlantis"}`,
		`{"id":"a7","title":"two values"} {"id":"a8"}`,
		"{\"id\":\"a9\",\"title\":\"\xff\"}",
		`{"id":"long","title":"`+strings.Repeat("x", 1<<20)+`"}`,
		`{"id":"b1","title":"the last","abstract":"fine"}`,
	)
	report, bad, err := take(t, s, f, importer.Skip)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"2  malformed_json", "4  not_an_object", "5 a3 title required", "6 a1 source_id duplicate", "7  source_id required",
		"8 a4 year not_a_number", "9 a5 claims wrong_format", "10 a6 region unknown_value", "11  malformed_json",
		"12  not_utf8", "13  line_too_long",
	}
	var got []string
	for _, x := range bad {
		f := x.Faults[0]
		got = append(got, strings.TrimSpace(fmt.Sprintf("%d %s %s", x.Line, x.ID, strings.TrimSpace(f.Path+" "+f.Code))))
	}
	if !slices.Equal(got, want) {
		t.Errorf("rejected\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if report != (importer.Report{Read: 13, Created: 2, Rejected: 11}) || len(s.listings) != 2 {
		t.Errorf("%+v, %d kept", report, len(s.listings))
	}
}

func TestValuesAreReadAsPeopleWriteThem(t *testing.T) {
	for column, writings := range map[string]map[string]string{
		"price": {
			"120000": "120000.00", "12.5万元": "125000.00", "１２万元": "120000.00", "人民币12万元": "120000.00", "RMB 12万": "120000.00",
			"12万元人民币": "120000.00", "1.2亿元": "120000000.00", "￥1,200": "1200.00", "面议": "", "30-50万元": "", "99999999999亿": "",
		},
		"year": {
			"2023": "2023", "2023年": "2023", "２０２３": "2023", "2023.0": "2023", "2023-05-01": "2023", "2023/5/1": "2023",
			"2023年5月": "2023", "2023.05": "2023", "2023-24": "", "2023.5万": "",
		},
		"region": {
			"乌鲁木齐": "650100", "新疆乌鲁木齐": "650100", "新疆维吾尔自治区 乌鲁木齐市": "650100", "新疆/乌鲁木齐": "650100",
			"广东省深圳市": "440300", "北京乌鲁木齐": "", "新疆亚特兰蒂斯": "",
		},
		"技术领域":    {"新材料": "new_materials", "生物医药": "biomedicine", "农业": "agriculture", "新": ""},
		"合作方式":    {"技术入股": "equity", "作价入股": "equity", "技术转让": ""},
		"知识产权1类型": {"实用新型": "utility_model", "发明专利": "invention", "软著": "software_copyright", "专利": ""},
		"知识产权1申请日": {
			"2026-01-31": "2026-01-31", "2026/1/31": "2026-01-31", "2026 年 1 月 31 日": "2026-01-31", "２０２６．１．３１": "2026-01-31",
			"2026年1月31号": "2026-01-31", "20260131": "2026-01-31", "2026-01-31T00:00:00Z": "2026-01-31",
		},
	} {
		for written, want := range writings {
			s := newShelf[catalog.AchievementContent]()
			_, bad, err := take(t, s, jsonl(fmt.Sprintf(`{"id":"a1","title":"t","abstract":"a",%q:%q}`, column, written)), importer.Skip)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, c := range s.contents {
				switch column {
				case "price":
					got = c.Price.String()
				case "year":
					got = strconv.Itoa(c.Year)
				case "region":
					got = c.Region
				case "技术领域":
					got = c.TechnicalField
				case "合作方式":
					got = c.Cooperation[0]
				case "知识产权1类型":
					got = c.IPItems[0].Kind
				default:
					got = string(c.IPItems[0].FiledOn)
				}
			}
			if got != want || (want == "") != (len(bad) == 1) {
				t.Errorf("%s %q is read as %q, want %q; rejected %+v", column, written, got, want, bad)
			}
		}
	}
}

func TestStopLeavesNothingOfTheFile(t *testing.T) {
	var lines []string
	for i := range 1200 { // more than two batches
		lines = append(lines, fmt.Sprintf(`{"id":"r%d","title":"record %d"}`, i, i))
	}
	for name, c := range map[string]struct {
		line   string
		refuse func(catalog.AchievementContent) []errs.Field
		code   string
	}{
		"a line that cannot be read": {line: `{"id":`, code: "malformed_json"},
		"a record that the service refuses": {
			line: `{"id":"poison","title":"poison"}`,
			refuse: func(c catalog.AchievementContent) []errs.Field {
				if c.Title.En == "poison" {
					return []errs.Field{{Path: "title", Code: "refused"}}
				}
				return nil
			},
			code: "refused",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf[catalog.AchievementContent]()
			s.refuse = c.refuse
			report, bad, err := take(t, s, jsonl(slices.Insert(slices.Clone(lines), 1100, c.line)...), importer.Stop)
			if !errors.Is(err, importer.ErrStopped) || len(s.listings) != 0 || report.Created != 0 {
				t.Errorf("%v, %d kept, %+v", err, len(s.listings), report)
			}
			if len(bad) != 1 || bad[0].Line != 1101 || bad[0].Faults[0].Code != c.code {
				t.Errorf("rejected %+v", bad)
			}
		})
	}
	s := newShelf[catalog.AchievementContent]()
	report, _, err := take(t, s, jsonl(lines...), importer.Stop)
	if err != nil || report != (importer.Report{Read: 1200, Created: 1200}) || len(s.listings) != 1200 {
		t.Errorf("without a bad line: %v, %+v", err, report)
	}
}

func TestImportingAgainChangesNothingAndAChangedRecordAlone(t *testing.T) {
	s := newShelf[catalog.AchievementContent]()
	other := `{"id":"a2","title":"Graphene","abstract":"first"}`
	for _, want := range []importer.Report{{Read: 2, Created: 2}, {Read: 2, Unchanged: 2}} {
		if got, _, err := take(t, s, jsonl(good, other), importer.Skip); err != nil || got != want {
			t.Fatalf("%+v %v, want %+v", got, err, want)
		}
	}
	got, _, err := take(t, s, jsonl(good, strings.Replace(other, "first", "second", 1)), importer.Skip)
	if want := (importer.Report{Read: 2, Updated: 1, Unchanged: 1}); err != nil || got != want {
		t.Fatalf("%+v %v, want %+v", got, err, want)
	}
}

func TestOneRecordInEveryFormatIsTheSame(t *testing.T) {
	line := `{"id":"a1","title":"低温电池","abstract":"含“引号”、逗号, 和换行","keywords":["电池","低温"],"year":2021,"trl":6}`
	csv := "编号,成果名称,摘要,关键词,年份,技术成熟度\na1,低温电池,\"含“引号”、逗号, 和换行\",电池；低温,2021,TRL 6\n"
	zipped := func(s string) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(s))
		_ = w.Close()
		return b.Bytes()
	}
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(csv)
	if err != nil {
		t.Fatal(err)
	}
	semicolons := "id;title;abstract;keywords;year;trl\na1;低温电池;含“引号”、逗号, 和换行;电池|低温;2021;6级\n"
	for name, f := range map[string]file{
		"json lines":           {"x.jsonl", []byte(line)},
		"gzip, whatever named": {"x.bin", zipped(line)},
		"csv":                  {"x.csv", []byte(csv)},
		"csv with a mark":      {"x.csv", []byte("\xef\xbb\xbf" + strings.ReplaceAll(csv, "\n", "\r\n"))},
		"csv of a spreadsheet": {"x.csv", []byte(gb)},
		"csv with semicolons":  {"x.csv", []byte(semicolons)},
		"gzip'd csv":           {"x.csv.gz", zipped(csv)},
	} {
		s := newShelf[catalog.AchievementContent]()
		if r, bad, err := take(t, s, f, importer.Stop); err != nil || r.Created != 1 {
			t.Errorf("%s: %+v %v %v", name, r, bad, err)
			continue
		}
		c := s.contents["a1"]
		if c.Title.Zh != "低温电池" || c.Abstract.Zh != "含“引号”、逗号, 和换行" || c.Year != 2021 || c.TRL != 6 ||
			!slices.Equal(c.KeywordsZh, []string{"电池", "低温"}) {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestForeignColumnsFindTheirPlace(t *testing.T) {
	s := newShelf[catalog.AchievementContent]()
	report, bad, err := take(t, s, jsonl(
		// A library of preprints.
		`{"id":"p-1","lang":"zh","title":"玉米抗旱品种","abstract":"品种选育","keywords":["玉米","QTL"],"authors":["张三","李四"],"institution":"某农业大学","province":"新疆","clc":"S513","field":"农业科学","title_en":"Drought-tolerant maize","abstract_en":"Breeding","year":2020,"source":"https://example.org/p-1"}`,
		`{"id":"p-2","lang":"zh","title":"无类","abstract":"x","keywords":[],"authors":[],"institution":null,"province":null,"clc":null,"field":"医药卫生","title_en":null,"year":2019,"source":"https://example.org/p-2"}`,
		`{"id":"p-3","lang":"zh","title":"不能确定","abstract":"x","clc":"TQ050","field":"工业技术"}`,
		// Awards to small firms.
		`{"id":"w-1","lang":"en","title":"Optical sensor","abstract":"A sensor.","firm":"Acme Optics","agency":["Navy","Department of Defense"],"phase":"Phase II","program":"SBIR","year":1999,"pi_name":"Dr. Roe","source":"https://example.org/w-1"}`,
		// A catalogue of software.
		`{"id":"n-1","lang":"en","title":"Mesh tool","description":"Generates meshes.","center":"ARC","tags":["NASA"],"keywords":["mesh generation"],"updated":"2014-04-15","url":"https://example.org/n-1"}`,
		// Our own columns, by name and by code.
		`{"id":"o-1","title_zh":"净水器","title_en":"Purifier","technical_field":"环境保护与资源综合利用","industry":"C","cooperation":"专利实施许可；development_joint","price":"12.5万元","public_benefit":"是","claims":[{"metric":"去除率","value":"99","unit":"%"}],"funding_project":"2021B0101"}`,
	), importer.Skip)
	if err != nil || report.Rejected != 0 {
		t.Fatalf("%+v %v %+v", report, err, bad)
	}
	p := s.contents["p-1"]
	if p.Title.Zh != "玉米抗旱品种" || p.Title.En != "Drought-tolerant maize" || p.Abstract.En != "Breeding" ||
		p.TechnicalField != "agriculture" || p.Region != "650000" || p.Year != 2020 ||
		!slices.Equal(p.KeywordsZh, []string{"玉米", "QTL"}) || len(p.Contributors) != 0 ||
		p.Source != "张三, 李四 · 某农业大学 · https://example.org/p-1" {
		t.Errorf("preprint: %+v", p)
	}
	if f := s.contents["p-2"].TechnicalField; f != "biomedicine" {
		t.Errorf("a discipline without class gives %q", f)
	}
	if f := s.contents["p-3"].TechnicalField; f != "" {
		t.Errorf("an unsure class gives %q", f)
	}
	w := s.contents["w-1"]
	if w.Title.En != "Optical sensor" || w.Title.Zh != "" || w.FundingProject != "SBIR Phase II, Navy, Department of Defense" ||
		w.Source != "Dr. Roe · Acme Optics · https://example.org/w-1" {
		t.Errorf("award: %+v", w)
	}
	n := s.contents["n-1"]
	if n.Abstract.En != "Generates meshes." || !slices.Equal(n.KeywordsEn, []string{"mesh generation"}) || n.Source != "ARC · https://example.org/n-1" {
		t.Errorf("software: %+v", n)
	}
	o := s.contents["o-1"]
	if o.TechnicalField != "environment" || o.Price == nil || o.Price.Fen() != 12_500_000 || !o.PublicBenefit ||
		len(o.Claims) != 1 || o.Claims[0].Metric != text.Zh("去除率") || len(o.Cooperation) != 2 || o.FundingProject != "2021B0101" {
		t.Errorf("own: %+v", o)
	}
}

func TestNeedsFindTheirPlace(t *testing.T) {
	s := newShelf[need.Content]()
	f := jsonl(
		`{"id":"t-1","lang":"en","title":"Voltage source","description":"We need a source.","agency":"Department of Commerce","program":"SBIR","released":"2011-01-01","closes":"2011-04-01","url":"https://example.org/t-1"}`,
		`{"编号":"x-1","需求名称":"污水处理","技术难题":"氨氮高","指标要求":[{"criterion":"去除率","metric":"去除率","operator":">=","threshold":"95","unit":"%","level":"must"}],"预算":"50万元","截止日期":"2027-01-31"}`,
	)
	report, err := importer.Needs(s, s, mapping(t)).Run(context.Background(), policy.SystemActor(), f, importer.Options{OwnerOrg: "org", OnError: importer.Stop})
	if err != nil || report.Created != 2 {
		t.Fatalf("%+v %v", report, err)
	}
	a, b := s.contents["t-1"], s.contents["x-1"]
	if a.Problem.En != "We need a source." || a.Deadline != "" ||
		a.Source != "Department of Commerce · SBIR · 2011-01-01 – 2011-04-01 · https://example.org/t-1" {
		t.Errorf("%+v", a)
	}
	if b.Title.Zh != "污水处理" || len(b.Requirements) != 1 || b.BudgetMax.Fen() != 50_000_000 || b.Deadline != "2027-01-31" {
		t.Errorf("%+v", b)
	}
}

func TestFilesWithFormerHeadingsAreStillRead(t *testing.T) {
	former := []string{"Wished partners", "Start", "End", "Least TRL", "Budget to (CNY)", "要求1内容", "要求2指标", "Requirement 1 criterion"}
	wanted := []string{"wished_partners", "start_on", "end_on", "min_trl", "budget_max", "requirements.1.criterion", "requirements.2.metric", "requirements.1.criterion"}
	if got := mapping(t).Recognise(need.Kind, former); !slices.Equal(got, wanted) {
		t.Errorf("%q", got)
	}
}

// An item's texts stand in columns of their language, or in one that says none.
func TestClaimsAndRequirementsAreReadInBothLanguages(t *testing.T) {
	s := newShelf[catalog.AchievementContent]()
	report, bad, err := take(t, s, file{"x.csv", []byte("编号,成果名称（中文）,指标1名称（中文）,指标1名称（英文）,指标1数值,指标1测试条件（英文）,指标2名称,指标2数值,知识产权1类型,知识产权1名称（英文）,知识产权2类型,知识产权2名称\n" +
		"a,甲,循环寿命,Cycle life,4000,25 °C,COP,3.2,技术秘密,Recipe,技术秘密,配方\n")}, importer.Skip)
	if err != nil || report.Created != 1 {
		t.Fatalf("%+v %v %+v", report, err, bad)
	}
	a := s.contents["a"]
	wantClaims := []catalog.Claim{
		{Metric: text.Text{Zh: "循环寿命", En: "Cycle life"}, Value: "4000", Conditions: text.En("25 °C")},
		{Metric: text.En("COP"), Value: "3.2"},
	}
	if !slices.Equal(a.Claims, wantClaims) {
		t.Errorf("claims %+v", a.Claims)
	}
	if len(a.IPItems) != 2 || a.IPItems[0].Title != text.En("Recipe") || a.IPItems[1].Title != text.Zh("配方") {
		t.Errorf("rights %+v", a.IPItems)
	}

	needs := newShelf[need.Content]()
	f := jsonl(
		`{"id":"old","title":"旧","requirements":[{"criterion":"电耗低","metric":"Power","level":"must"}]}`,
		`{"id":"new","title":"新","requirements":[{"criterion":{"zh":"电耗低","en":"Low power"},"metric_zh":"电耗","metric_en":"Power","level":"must"}]}`,
		`{"id":"bad","title":"坏","requirements":[{"criterion":{"fr":"x"},"level":"must"}]}`,
	)
	report, err = importer.Needs(needs, needs, mapping(t)).Run(context.Background(), policy.SystemActor(), f, importer.Options{OwnerOrg: "org", OnError: importer.Skip})
	if err != nil || report.Created != 2 || report.Rejected != 1 {
		t.Fatalf("%+v %v", report, err)
	}
	for id, want := range map[string]need.Requirement{
		"old": {Criterion: text.Zh("电耗低"), Metric: text.En("Power"), Level: need.Must},
		"new": {Criterion: text.Text{Zh: "电耗低", En: "Low power"}, Metric: text.Text{Zh: "电耗", En: "Power"}, Level: need.Must},
	} {
		if got := needs.contents[id].Requirements; len(got) != 1 || got[0] != want {
			t.Errorf("%s: %+v", id, got)
		}
	}
}

func TestALongCreditKeepsItsLink(t *testing.T) {
	s := newShelf[catalog.AchievementContent]()
	authors := strings.Repeat(`"某某某",`, 200)
	_, bad, err := take(t, s, jsonl(`{"id":"a","title":"x","authors":[`+strings.TrimSuffix(authors, ",")+`],"source":"https://example.org/a"}`), importer.Stop)
	if err != nil {
		t.Fatal(err, bad)
	}
	got := s.contents["a"].Source
	if len([]rune(got)) > 300 || !strings.HasSuffix(got, "… · https://example.org/a") {
		t.Errorf("%d characters: %s", len([]rune(got)), got)
	}
}

func TestProgressEndsAtTheWholeFile(t *testing.T) {
	s := newShelf[catalog.AchievementContent]()
	f := jsonl(good)
	var last importer.Progress
	_, err := importer.Achievements(s, s, mapping(t)).Run(context.Background(), policy.SystemActor(), f,
		importer.Options{OnError: importer.Skip, Progress: func(p importer.Progress) { last = p }})
	if err != nil || last.Bytes != f.Size() || last.Total != f.Size() || last.Report.Read != 1 {
		t.Fatalf("%+v %v", last, err)
	}
}

func TestAFileThatIsNoneIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		f    file
		kind errs.Kind
		code string
	}{
		"an empty csv":                  {file{"x.csv", nil}, errs.Invalid, "file_empty"}, // as of an upload
		"a column twice":                {file{"x.csv", []byte("id,标题,标题\n1,a,b\n")}, errs.Malformed, "column_twice"},
		"a broken gzip":                 {file{"x.gz", []byte{0x1f, 0x8b, 1, 2, 3}}, errs.Malformed, "malformed_gzip"},
		"a gzip cut short":              {file{"x.jsonl.gz", zippedShort()}, errs.Malformed, "file_unreadable"},
		"a quotation that never closes": {file{"x.csv", []byte("id,title\n1,\"" + strings.Repeat("x\n", 1<<20))}, errs.Malformed, "record_too_long"},
	} {
		s := newShelf[catalog.AchievementContent]()
		if _, _, err := take(t, s, c.f, importer.Skip); errs.CodeOf(err) != c.code || errs.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	if _, err := importer.Open(t.TempDir() + "/none.jsonl"); errs.CodeOf(err) != "file_not_found" {
		t.Errorf("an absent file: %v", err)
	}
}

func zippedShort() []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	for i := range 5000 {
		fmt.Fprintf(w, `{"id":"r%d","title":"record %d of many"}`+"\n", i, i*i)
	}
	_ = w.Close()
	return b.Bytes()[:b.Len()/2]
}
