package app_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/httpapi/contracttest"
)

// whitePNG is a picture on which any mark shows.
func whitePNG(t *testing.T) string {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 240, 160))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// marked tells whether a picture bears anything.
func marked(t *testing.T, raw string) bool {
	t.Helper()
	img, _, err := image.Decode(strings.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in %.80q", err, raw)
	}
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			if color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 0xf0 {
				return true
			}
		}
	}
	return false
}

// TestADocumentIsGrantedToOneOrganisationAndItsReadingLogged takes a document
// from the request of an outsider to the owner's log, over HTTP.
func TestADocumentIsGrantedToOneOrganisationAndItsReadingLogged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	reviewer := w.staff("reviewer")
	owner := w.institute("owner.example", "甲", reviewer)
	outsider := w.join("manager@outsider.example", "=SUM(外人)")
	w.organisation(outsider, "enterprise", "外人公司")
	colleague := w.member(outsider, "engineer@outsider.example", "同事", "engineer")
	other := w.join("manager@other.example", "别人")
	w.organisation(other, "enterprise", "别人公司")

	content := result("有照片的成果", owner.inventor.personID)
	content["details"], content["tiers"] = zh("配方"), body{"details": "MEMBERS"}
	made := owner.officer.Post("/achievements", content).Expect(http.StatusCreated)
	path := "/achievements/" + made.Text("head.id")
	file := owner.officer.attach("照片.png", whitePNG(t), [2]string{"kind", "achievement"}, [2]string{"subject_id", id(path)}, [2]string{"tier", "NDA"})
	step(owner.officer.Client, path, "submit", nil).Expect(http.StatusOK)
	step(reviewer.Client, path, "publish", nil).Expect(http.StatusOK)

	asked := outsider.Post("/files/"+file+"/requests", body{"reason": "想看照片"}).Expect(http.StatusCreated)
	request := "/file-requests/" + asked.Text("id") + "/steps"
	outsider.Post("/files/"+file+"/requests", body{"reason": "再问"}).Refused(http.StatusConflict, "request_exists")
	w.visitor().Post("/files/"+file+"/requests", body{"reason": "访客"}).Refused(http.StatusUnauthorized, "sign_in_required")
	tasks := owner.officer.Get("/me/tasks").Expect(http.StatusOK)
	if !strings.Contains(string(tasks.Body), "answer_file_request") {
		t.Errorf("it is not among the owner's tasks: %s", tasks.Body)
	}
	eventually(t, "the owner is told", func() error {
		if told := owner.officer.Get("/me/notifications").Expect(http.StatusOK); !strings.Contains(string(told.Body), "file_requested") {
			return fmt.Errorf("%s", told.Body)
		}
		return nil
	})
	until := string(clock.DateOf(time.Now()).AddDays(1)) // at midnight the day itself may be over
	other.Post(request, body{"action": "grant", "until": until}).Refused(http.StatusNotFound, "not_found")
	owner.officer.Post(request, body{"action": "grant", "until": until}).Expect(http.StatusOK)
	eventually(t, "who asked is told", func() error {
		if told := outsider.Get("/me/notifications").Expect(http.StatusOK); !strings.Contains(string(told.Body), "file_granted") {
			return fmt.Errorf("%s", told.Body)
		}
		return nil
	})

	for _, reader := range []*person{outsider, colleague} {
		res := w.send(reader, http.MethodGet, "/api/v1/files/"+file+"/view", nil)
		raw := readAll(t, res)
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "image/png" || res.Header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.HasPrefix(res.Header.Get("Content-Disposition"), "inline;") || !strings.Contains(res.Header.Get("Content-Security-Policy"), "sandbox") {
			t.Fatalf("the view answers %d %v", res.StatusCode, res.Header)
		}
		if !marked(t, string(raw)) {
			t.Error("the view bears no mark")
		}
	}
	if _, raw := w.get(owner.officer, "/api/v1/files/"+file+"/view"); marked(t, raw) {
		t.Error("the owner's view bears a mark")
	}
	// The original in parts; the marked copy as a whole, whatever part is asked for.
	for reader, want := range map[*person]int{owner.officer: http.StatusPartialContent, outsider: http.StatusOK} {
		res := w.send(reader, http.MethodGet, "/api/v1/files/"+file+"/content", nil, contracttest.Header("Range", "bytes=0-7"))
		raw := readAll(t, res)
		if res.StatusCode != want || want == http.StatusPartialContent && len(raw) != 8 {
			t.Errorf("a part answers %d with %d bytes, want %d", res.StatusCode, len(raw), want)
		}
		if got := res.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment;") || !strings.Contains(got, "filename*=UTF-8''%E7%85%A7%E7%89%87.png") {
			t.Errorf("it is saved as %s", got)
		}
	}
	if status, _ := w.get(other, "/api/v1/files/"+file+"/view"); status != http.StatusNotFound {
		t.Errorf("another organisation's grant opens it: %d", status)
	}

	reads := owner.officer.Get("/files/" + file + "/reads").Expect(http.StatusOK)
	for _, want := range []string{"外人公司", "=SUM(外人)", "同事", `"marked":true`} {
		if !strings.Contains(string(reads.Body), want) {
			t.Errorf("the log does not tell %s: %s", want, reads.Body)
		}
	}
	outsider.Get("/files/"+file+"/reads").Refused(http.StatusNotFound, "not_found")
	w.logged(t, owner.officer, outsider, path)

	owner.officer.Post(request, body{"action": "revoke"}).Expect(http.StatusOK)
	if status, _ := w.get(outsider, "/api/v1/files/"+file+"/view"); status != http.StatusNotFound {
		t.Errorf("what was taken back answers %d", status)
	}
}

// logged holds the owner's log, by its filters and as a table.
func (w *world) logged(t *testing.T, owner, outsider *person, path string) {
	t.Helper()
	day := today()
	outsider.Get(path).Expect(http.StatusOK)
	all := owner.Get("/disclosures").Expect(http.StatusOK)
	for _, want := range []string{"照片.png", `"fields":["`, "details", "外人公司"} {
		if !strings.Contains(string(all.Body), want) {
			t.Errorf("the log does not tell %s: %s", want, all.Body)
		}
	}
	for filter, there := range map[string]bool{
		"what=document": true, "what=fields": true, "tier=NDA": true, "tier=PUBLIC": false, "listing_id=" + id(path): true, "listing_id=nothing": false,
		"organisation_id=" + outsider.Organisation: true, "organisation_id=" + owner.Organisation: false, "account_id=nobody": false,
		"from=" + day + "&until=" + today(): true, "until=2020-01-01": false, "from=2099-01-01": false,
		"from=0001-01-01&until=9999-12-31": true, "from=9999-12-31": false,
	} {
		if got := owner.Get("/disclosures?" + filter).Expect(http.StatusOK); got.Has("items.0") != there {
			t.Errorf("%s: %s", filter, got.Body)
		}
	}
	for _, end := range []string{"from", "until"} {
		refused := owner.Get("/disclosures?"+end+"=yesterday").Refused(http.StatusUnprocessableEntity, "invalid_fields")
		if got := refused.FieldCode(end); got != "wrong_format" {
			t.Errorf("the day at %s is told as %q: %s", end, got, refused.Body)
		}
	}
	first := owner.Get("/disclosures?page_size=1").Expect(http.StatusOK)
	second := owner.Get("/disclosures?page_size=1&cursor=" + first.Text("next_cursor")).Expect(http.StatusOK)
	if first.Text("items.0.id") <= second.Text("items.0.id") {
		t.Errorf("the pages are %s and %s", first.Body, second.Body)
	}
	if theirs := outsider.Get("/disclosures").Expect(http.StatusOK); theirs.Has("items.0") {
		t.Errorf("an outsider reads the owner's log: %s", theirs.Body)
	}
	_, table := w.get(owner, "/api/v1/disclosures/export?what=document")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(table, "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 2 || rows[0][0] != "at" {
		t.Fatalf("the table: %v %v", rows, err)
	}
	if !strings.Contains(table, ",'=SUM(外人),") {
		t.Errorf("a name becomes a formula: %s", table)
	}
}

// TestNotesStayInTheirOrganisation writes notes on one's own and on others'
// listings.
func TestNotesStayInTheirOrganisation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	reviewer := w.staff("reviewer")
	owner := w.institute("noted.example", "乙", reviewer)
	outsider := w.join("manager@noting.example", "记者")
	w.organisation(outsider, "enterprise", "记事公司")
	colleague := w.member(outsider, "engineer@noting.example", "同事", "engineer")
	about := body{"kind": "achievement", "subject_id": id(owner.achievement), "text": "可试用，勿外传"}

	written := outsider.Post("/notes", about).Expect(http.StatusCreated)
	note := "/notes/" + written.Text("id")
	seen := colleague.Get("/notes?kind=achievement&subject_id=" + id(owner.achievement)).Expect(http.StatusOK)
	if seen.Text("items.0.text") != "可试用，勿外传" || seen.Text("items.0.author_name") != "记者" {
		t.Errorf("a colleague reads %s", seen.Body)
	}
	for _, reader := range []*person{owner.head, owner.officer, reviewer} {
		if got := reader.Get("/notes").Expect(http.StatusOK); got.Has("items.0") {
			t.Errorf("somebody else reads %s", got.Body)
		}
		reader.Put(note, body{"text": "改"}, contracttest.IfMatch(`"1"`)).Refused(http.StatusNotFound, "not_found")
		reader.Do(http.MethodDelete, note, nil, contracttest.IfMatch(`"1"`)).Refused(http.StatusNotFound, "not_found")
	}
	w.visitor().Get("/notes").Refused(http.StatusUnauthorized, "sign_in_required")
	colleague.Put(note, body{"text": "可试用三亩"}, contracttest.IfMatch(`"1"`)).Expect(http.StatusOK)
	outsider.Put(note, body{"text": "旧稿"}, contracttest.IfMatch(`"1"`)).Refused(http.StatusPreconditionFailed, "stale_version")
	outsider.Put(note, body{"text": " "}, contracttest.IfMatch(`"2"`)).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	outsider.Post("/notes", body{"kind": "achievement", "subject_id": "nothing", "text": "空"}).Refused(http.StatusNotFound, "not_found")
	if got := outsider.Get("/me/export").Expect(http.StatusOK); !strings.Contains(string(got.Body), "可试用三亩") {
		t.Errorf("the author's export has no note: %s", got.Body)
	}
	audit := w.staff("operator").Get("/platform/audit?page_size=100").Expect(http.StatusOK)
	if strings.Contains(string(audit.Body), "可试用") {
		t.Error("the audit tells what a note says")
	}
	outsider.Do(http.MethodDelete, note, nil, contracttest.IfMatch(`"2"`)).Expect(http.StatusNoContent)
	if got := outsider.Get("/notes").Expect(http.StatusOK); got.Has("items.0") {
		t.Errorf("a removed note is there: %s", got.Body)
	}
}
