package document_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/document"
	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

// listed is the subject whose outsiders read marked copies.
func (w *world) listed(tier policy.Tier, onRequest bool, replaces, content string) document.File {
	w.t.Helper()
	f, err := w.Upload(w.t.Context(), officer, document.Upload{SubjectKind: "achievement", SubjectID: "listed", Tier: tier, OnRequest: onRequest,
		Replaces: replaces, Name: "报告.pdf", Body: strings.NewReader("%PDF-1.7\n" + content)})
	if err != nil {
		w.t.Fatalf("attach: %v", err)
	}
	return f
}

// read is what an actor is given of a file, with the code of a refusal.
func (w *world) read(actor policy.Actor, id string) (content string, marked bool, code string) {
	w.t.Helper()
	c, err := w.Open(w.t.Context(), actor, id)
	if err != nil {
		return "", false, errs.CodeOf(err)
	}
	defer c.Body.Close()
	raw, err := io.ReadAll(c.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(raw), c.Marked, ""
}

func (w *world) only(actor policy.Actor) document.View {
	w.t.Helper()
	views, err := w.List(w.t.Context(), actor, "achievement", "listed")
	if err != nil || len(views) != 1 {
		w.t.Fatalf("%d documents (%v)", len(views), err)
	}
	return views[0]
}

func (w *world) decide(actor policy.Actor, id string, d document.Decision) document.RequestView {
	w.t.Helper()
	v, err := w.Decide(w.t.Context(), actor, id, d)
	if err != nil {
		w.t.Fatalf("%s: %v", d.Action, err)
	}
	return v
}

func TestWhoStandsOutsideReadsAMarkedCopyAboveTheMembersTier(t *testing.T) {
	forEachWorld(t, func(w *world) {
		f := w.listed(policy.TierNDA, false, "", "正文")
		if content, marked, code := w.read(partner, f.ID); !marked || !strings.HasPrefix(content, "account-org-partner|org-partner|2026-11-23 10:00 UTC+8|%PDF") {
			w.t.Errorf("an NDA gives %q, marked %v (%s)", content, marked, code)
		}
		for _, inside := range []policy.Actor{officer, reviewer} {
			if content, marked, code := w.read(inside, f.ID); marked || content != "%PDF-1.7\n正文" {
				w.t.Errorf("who stands inside is given %q, marked %v (%s)", content, marked, code)
			}
		}
		if _, _, code := w.read(stranger, f.ID); code != "not_found" {
			w.t.Errorf("a stranger is told %q", code)
		}
		plain, err := w.Upload(w.t.Context(), officer, document.Upload{SubjectKind: "achievement", SubjectID: "listed", Tier: policy.TierNDA,
			Name: "表.txt", Body: strings.NewReader("一段文字")})
		if err != nil {
			w.t.Fatal(err)
		}
		if _, _, code := w.read(partner, plain.ID); code != "file_cannot_be_shown" {
			w.t.Errorf("what bears no watermark is given away: %q", code)
		}
	})
}

func TestAWithheldDocumentTellsThatItIsThereAndNothingElse(t *testing.T) {
	forEachWorld(t, func(w *world) {
		f := w.listed(policy.TierNDA, false, "", "正文")
		for _, reader := range []policy.Actor{visitor, stranger} {
			v := w.only(reader)
			want := document.File{ID: f.ID, DocumentID: f.ID, SubjectKind: "achievement", SubjectID: "listed", Tier: policy.TierNDA}
			if !v.Withheld || v.Readable || v.File != want {
				w.t.Errorf("%q is told %+v", reader.OrgID, v)
			}
			if v.Asks != (reader.OrgID != "") {
				w.t.Errorf("%q may ask: %v", reader.OrgID, v.Asks)
			}
		}
		unverified := stranger
		unverified.OrgVerified = false
		if w.only(unverified).Asks {
			w.t.Error("an organisation that nobody verified may ask")
		}
		if _, err := w.Ask(w.t.Context(), unverified, f.ID, "理由", false); errs.KindOf(err) != errs.Forbidden {
			w.t.Errorf("it asks: %v", err)
		}
	})
}

func TestADocumentIsAskedForGrantedUntilADayAndTakenBack(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		old := w.listed(policy.TierNDA, false, "", "第一版")
		now := w.listed(policy.TierNDA, false, old.ID, "第二版")
		for name, c := range map[string]struct {
			reason string
			field  string
		}{"no reason": {" ", "required"}, "a long one": {strings.Repeat("长", document.MaxReason+1), "too_long"}} {
			if _, err := w.Ask(ctx, stranger, now.ID, c.reason, false); errs.CodeOf(err) != "invalid_fields" {
				w.t.Errorf("%s: %v", name, err)
			}
		}
		asked, err := w.Ask(ctx, stranger, now.ID, "想先看田间数据", false)
		if err != nil || asked.Name != "" || !slices.Equal(asked.Actions, []string{"withdraw"}) {
			w.t.Fatalf("asked: %+v (%v)", asked, err)
		}
		if _, err := w.Ask(ctx, stranger, now.ID, "再问一次", false); errs.CodeOf(err) != "request_exists" {
			w.t.Errorf("asked twice: %v", err)
		}
		box, err := w.Requests(ctx, officer, document.RequestQuery{Box: document.Received})
		if err != nil || len(box.Items) != 1 || box.Items[0].Name != "报告.pdf" || !slices.Equal(box.Items[0].Actions, []string{"grant", "decline"}) {
			w.t.Fatalf("the owner's box: %+v (%v)", box, err)
		}
		for name, c := range map[string]struct {
			by   policy.Actor
			d    document.Decision
			code string
		}{
			"who asked":          {stranger, document.Decision{Action: "grant", Until: "2026-12-01"}, "not_allowed"},
			"a third":            {partner, document.Decision{Action: "grant", Until: "2026-12-01"}, "not_found"},
			"without an end":     {officer, document.Decision{Action: "grant"}, "invalid_fields"},
			"ended already":      {officer, document.Decision{Action: "grant", Until: "2026-11-22"}, "invalid_fields"},
			"for ever":           {officer, document.Decision{Action: "grant", Until: "2036-11-22"}, "invalid_fields"},
			"no such day":        {officer, document.Decision{Action: "grant", Until: "soon"}, "invalid_fields"},
			"declined wordless":  {officer, document.Decision{Action: "decline"}, "invalid_fields"},
			"revoked beforehand": {officer, document.Decision{Action: "revoke"}, "illegal_step"},
			"no such step":       {officer, document.Decision{Action: "ask"}, "invalid_fields"},
		} {
			if _, err := w.Decide(ctx, c.by, asked.ID, c.d); errs.CodeOf(err) != c.code {
				w.t.Errorf("%s: %v, want %s", name, err, c.code)
			}
		}
		if _, _, code := w.read(stranger, now.ID); code != "not_found" {
			w.t.Errorf("asking opens it: %q", code)
		}

		w.decide(officer, asked.ID, document.Decision{Action: "grant", Until: "2026-11-25"})
		if content, marked, code := w.read(stranger, now.ID); !marked || !strings.HasSuffix(content, "第二版") {
			w.t.Errorf("the grant gives %q, marked %v (%s)", content, marked, code)
		}
		if _, _, code := w.read(stranger, old.ID); code != "not_found" {
			w.t.Errorf("the grant opens what was replaced before it: %q", code)
		}
		if v := w.only(stranger); v.Name != "报告.pdf" || v.Original || v.Withheld || !v.Asks || !v.Request.InForce {
			w.t.Errorf("who was granted sees %+v", v)
		}
		third := w.listed(policy.TierNDA, false, now.ID, "第三版")
		if v := w.only(stranger); v.ID != third.ID || len(v.Earlier) != 1 || v.Earlier[0].ID != now.ID {
			w.t.Errorf("after a new version: %+v", v)
		}
		if content, _, _ := w.read(stranger, third.ID); !strings.HasSuffix(content, "第三版") {
			w.t.Errorf("the new version reads %q", content)
		}
		if v := w.only(partner); len(v.Earlier) != 0 {
			w.t.Errorf("an NDA keeps what was replaced: %+v", v.Earlier)
		}

		w.clock.Advance(3 * 24 * time.Hour) // the day after the last
		if _, _, code := w.read(stranger, third.ID); code != "not_found" {
			w.t.Errorf("a grant outlives its day: %q", code)
		}
		again, err := w.Ask(ctx, stranger, third.ID, "请延长", true)
		if err != nil {
			w.t.Fatal(err)
		}
		w.decide(officer, again.ID, document.Decision{Action: "grant", Until: "2026-12-31", Original: true})
		if content, marked, _ := w.read(stranger, third.ID); marked || content != "%PDF-1.7\n第三版" {
			w.t.Errorf("the original reads %q, marked %v", content, marked)
		}
		if _, err := w.Ask(ctx, stranger, third.ID, "又问", true); errs.CodeOf(err) != "file_already_open" {
			w.t.Errorf("asked for what is open: %v", err)
		}
		w.decide(officer, again.ID, document.Decision{Action: "revoke"})
		if _, _, code := w.read(stranger, third.ID); code != "not_found" {
			w.t.Errorf("what was taken back is open: %q", code)
		}

		reads, err := w.Reads(ctx, officer, third.ID, "", 100)
		if err != nil {
			w.t.Fatal(err)
		}
		var log []string
		for _, r := range slices.Backward(reads.Items) {
			form := "original"
			if r.Marked {
				form = "marked"
			}
			log = append(log, r.OrgID+" "+string(rune('0'+r.Number))+" "+form)
		}
		if want := []string{"org-stranger 2 marked", "org-stranger 3 marked", "org-stranger 3 original"}; !slices.Equal(log, want) {
			w.t.Errorf("the log is %v, want %v", log, want)
		}
		if _, err := w.Reads(ctx, stranger, third.ID, "", 10); errs.KindOf(err) == errs.None {
			w.t.Error("an outsider reads the log")
		}
	})
}

func TestADocumentOnRequestIsNamedToItsTierAndReadByGrantAlone(t *testing.T) {
	forEachWorld(t, func(w *world) {
		f := w.listed(policy.TierPublic, true, "", "正文")
		for _, reader := range []policy.Actor{visitor, stranger, partner} {
			if v := w.only(reader); v.Withheld || v.Readable || v.Name != "报告.pdf" {
				w.t.Errorf("%q sees %+v", reader.OrgID, v)
			}
			if _, _, code := w.read(reader, f.ID); code != "not_found" {
				w.t.Errorf("%q reads it: %q", reader.OrgID, code)
			}
		}
		asked, err := w.Ask(w.t.Context(), partner, f.ID, "请开放", false)
		if err != nil || asked.Name != "报告.pdf" {
			w.t.Fatalf("%+v (%v)", asked, err)
		}
		w.decide(officer, asked.ID, document.Decision{Action: "decline", Answer: "尚未定稿"})
		if v := w.only(partner); v.Request.Position.State != document.Declined || v.Request.Answer != "尚未定稿" || !v.Asks {
			w.t.Errorf("after the refusal: %+v", v.Request)
		}
		taken, err := w.Ask(w.t.Context(), partner, f.ID, "再请开放", false)
		if err != nil {
			w.t.Fatal(err)
		}
		if v := w.decide(partner, taken.ID, document.Decision{Action: "withdraw"}); v.Position.State != document.Withdrawn {
			w.t.Errorf("%+v", v)
		}
	})
}

func TestANextVersionWaitsForReviewWhileTheLastOneStays(t *testing.T) {
	forEachWorld(t, func(w *world) {
		first := w.listed(policy.TierMembers, false, "", "第一版")
		subject := w.subjects["achievement/listed"]
		subject.ReviewedAt = w.clock.Now().Add(time.Minute)
		w.subjects["achievement/listed"] = subject
		w.clock.Advance(time.Hour)
		second := w.listed(policy.TierPublic, false, first.ID, "第二版")
		if v := w.only(stranger); v.ID != first.ID {
			w.t.Errorf("an outsider reads version %d before its review", v.Number)
		}
		if v := w.only(officer); v.ID != second.ID || len(v.Earlier) != 1 {
			w.t.Errorf("the owner sees %+v", v)
		}
		views, err := w.List(w.t.Context(), visitor, "achievement", "listed")
		if err != nil || len(views) != 1 || !views[0].Withheld {
			w.t.Errorf("a visitor sees %+v (%v)", views, err)
		}
	})
}

func TestAVersionIsOfItsOwnSubject(t *testing.T) {
	forEachWorld(t, func(w *world) {
		other := w.attach(officer, "achievement", "live", policy.TierPublic, "别处的文件")
		for _, replaces := range []string{other.ID, "nothing"} {
			_, err := w.Upload(w.t.Context(), officer, document.Upload{SubjectKind: "achievement", SubjectID: "listed", Tier: policy.TierPublic,
				Replaces: replaces, Name: "a.txt", Body: strings.NewReader("一段文字")})
			if errs.CodeOf(err) != "invalid_fields" {
				w.t.Errorf("replacing %s: %v", replaces, err)
			}
		}
	})
}

func TestAReadingInPartsIsOneReading(t *testing.T) {
	forEachWorld(t, func(w *world) {
		f := w.listed(policy.TierMembers, false, "", "正文")
		count := func() int {
			reads, err := w.rows.Reads(context.Background(), f.ID, "", 100)
			if err != nil {
				w.t.Fatal(err)
			}
			return len(reads)
		}
		for range 3 {
			w.read(stranger, f.ID)
			w.clock.Advance(time.Minute)
		}
		if n := count(); n != 1 {
			w.t.Errorf("three parts are %d readings", n)
		}
		w.clock.Advance(time.Hour)
		w.read(stranger, f.ID)
		if n := count(); n != 2 {
			w.t.Errorf("an hour later there are %d readings", n)
		}
	})
}

func TestAGrantEndsWithItsDayInShanghai(t *testing.T) {
	forEachWorld(t, func(w *world) {
		f := w.listed(policy.TierNDA, false, "", "正文")
		asked, err := w.Ask(w.t.Context(), stranger, f.ID, "理由", false)
		if err != nil {
			w.t.Fatal(err)
		}
		today := clock.DateOf(w.clock.Now())
		w.decide(officer, asked.ID, document.Decision{Action: "grant", Until: today})
		w.clock.Advance(13*time.Hour + 59*time.Minute) // 23:59 in Shanghai
		if _, _, code := w.read(stranger, f.ID); code != "" {
			w.t.Errorf("it ends before its day: %s", code)
		}
		w.clock.Advance(time.Minute)
		if _, _, code := w.read(stranger, f.ID); code != "not_found" {
			w.t.Errorf("it outlives its day: %q", code)
		}
	})
}
