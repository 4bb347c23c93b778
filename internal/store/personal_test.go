package store_test

import (
	"fmt"
	"slices"
	"testing"

	"chengqiao/internal/store"
)

func TestWhatAPersonWroteAndSignedIsFoundForTheExport(t *testing.T) {
	forEachScene(t, func(s *scene) {
		for i, author := range []string{"officer", "engineer", "officer", "officer"} {
			s.put("deal_messages", nil, columns{"id": fmt.Sprintf("m%d", i), "deal_id": "D", "org_id": "institute", "account_id": author,
				"person_id": "p-" + author, "at": i + 1, "text": fmt.Sprintf("第%d句", i)})
		}
		s.put("nda_signatures", nil, columns{"deal_id": "D", "org_id": "institute", "account_id": "head", "person_id": "p-head", "text_version": "1", "at": 9})
		s.put("files", nil, columns{"id": "f1", "subject_kind": "contract", "subject_id": "C", "blob_key": "k1", "name": "合同.pdf", "size": 1,
			"content_type": "application/pdf", "sha256": "", "tier": "NDA", "uploaded_by": "officer", "org_id": "institute", "uploaded_at": 4})
		personal := store.NewPersonal(s.db)

		var texts []string
		after := ""
		for {
			page, err := personal.Messages(s.ctx, "officer", after, 2)
			if err != nil {
				s.t.Fatal(err)
			}
			for _, m := range page {
				texts = append(texts, m.SubjectID+" "+m.Text)
				after = m.ID
			}
			if len(page) < 2 {
				break
			}
		}
		if want := []string{"D 第0句", "D 第2句", "D 第3句"}; !slices.Equal(texts, want) {
			s.t.Errorf("messages %v, want %v", texts, want)
		}
		signed, err := personal.Signatures(s.ctx, "head", 10)
		if err != nil || len(signed) != 2 || signed[0].Kind != "contract" || signed[0].SubjectID != "C" || signed[1].Kind != "nda" ||
			signed[1].SubjectID != "D" || signed[1].At.UnixMicro() != 9 {
			s.t.Errorf("signatures %+v (%v)", signed, err)
		}
		files, err := personal.Uploads(s.ctx, "officer", "", 10)
		if err != nil || len(files) != 1 || files[0].Name != "合同.pdf" || files[0].SubjectID != "C" {
			s.t.Errorf("files %+v (%v)", files, err)
		}
		if introductions, err := personal.Introductions(s.ctx, "officer", "", 10); err != nil || len(introductions) != 0 {
			s.t.Errorf("introductions %+v (%v)", introductions, err)
		}
	})
}

func TestWhatTheLawKeepsOfAPersonIsFound(t *testing.T) {
	forEachScene(t, func(s *scene) {
		personal := store.NewPersonal(s.db)
		for account, want := range map[string]bool{"head": true, "officer": false, "": false} { // head approved
			if got, err := personal.HandledMoney(s.ctx, account); err != nil || got != want {
				s.t.Errorf("%q handled money: %v (%v)", account, got, err)
			}
		}
		for _, c := range []struct {
			persons []string
			want    bool
		}{{[]string{"p-officer", "entry"}, true}, {[]string{"p-officer"}, false}, {nil, false}} {
			if got, err := personal.Agreed(s.ctx, c.persons); err != nil || got != c.want {
				s.t.Errorf("%v agreed: %v (%v)", c.persons, got, err)
			}
		}
		// A signature that is still missing is nobody's.
		if signed, err := personal.Signatures(s.ctx, "", 10); err != nil || len(signed) != 0 {
			s.t.Errorf("nobody signed %+v (%v)", signed, err)
		}
	})
}

func TestWhatAPersonWasShownAndAskedForIsFoundForTheExport(t *testing.T) {
	forEachScene(t, func(s *scene) {
		personal := store.NewPersonal(s.db)
		s.put("files", nil, columns{"id": "f1", "subject_kind": "contract", "subject_id": "C", "blob_key": "k1", "name": "合同.pdf", "size": 1,
			"content_type": "application/pdf", "sha256": "", "tier": "NDA", "uploaded_by": "officer", "org_id": "institute", "uploaded_at": 4})
		for i, account := range []string{"engineer", "officer", "engineer"} {
			s.put("file_reads", nil, columns{"id": fmt.Sprintf("r%d", i), "file_id": "f1", "account_id": account, "org_id": "enterprise", "at": i + 1})
		}
		var found []string
		for after := ""; ; {
			page, err := personal.Readings(s.ctx, "engineer", after, 1)
			if err != nil {
				s.t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			after = page[0].ID
			found = append(found, fmt.Sprint(page[0].Kind, " ", page[0].SubjectID, " ", page[0].OrgID, " ", page[0].At.UnixMicro()))
		}
		if want := []string{"document f1 enterprise 1", "document f1 enterprise 3"}; !slices.Equal(found, want) {
			s.t.Errorf("readings %v, want %v", found, want)
		}
		if requests, err := personal.Requests(s.ctx, "engineer", "", 5); err != nil || len(requests) != 0 {
			s.t.Errorf("requests %+v (%v)", requests, err)
		}
		if parts, err := personal.Parts(s.ctx, []string{"p-engineer", "p-officer"}, "", 5); err != nil || len(parts) != 0 {
			s.t.Errorf("parts %+v (%v)", parts, err)
		}
		if err := store.NewContributions(s.db).ForgetReasons(s.ctx, "engineer"); err != nil {
			s.t.Error(err)
		}
	})
}
