package store_test

import (
	"slices"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/ident"
	"chengqiao/internal/notify"
	"chengqiao/internal/store"
)

// talk is the deal D as the engineer follows it.
var talk = notify.Talk{AccountID: "engineer", OrgID: "enterprise", DealID: "D"}

// posted is a message of the deal D.
func (s *scene) posted(at time.Time) string {
	id := ident.NewID()
	s.put("deal_messages", nil, columns{"id": id, "deal_id": "D", "org_id": "institute", "account_id": "officer", "person_id": "p-officer",
		"at": clock.Micros(at), "text": "能否寄样品？"})
	return id
}

// noticed keeps the engineer's notification of a message.
func (s *scene) noticed(rows *store.Notify, message string, at time.Time) {
	s.t.Helper()
	err := rows.InsertNotifications(s.ctx, []notify.Notification{{ID: ident.NewID(), AccountID: talk.AccountID, OrgID: talk.OrgID,
		EventID: ident.NewID(), Code: "message_posted", Kind: "deal", SubjectID: "D", At: at, MessageID: message, Gathered: true}})
	if err != nil {
		s.t.Fatal(err)
	}
}

// due are the talks of which a letter is to tell at an instant.
func (s *scene) due(rows *store.Notify, now time.Time) []notify.Talk {
	s.t.Helper()
	talks, err := rows.DueTalks(s.ctx, now.AddDate(0, 0, -7), now.Add(-10*time.Minute), now.Add(-time.Hour), 10)
	if err != nil {
		s.t.Fatal(err)
	}
	return talks
}

func (s *scene) unread(rows *store.Notify) int {
	s.t.Helper()
	n, err := rows.CountUnread(s.ctx, talk.AccountID, []string{talk.OrgID}, 100)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func TestAMessageThatWasReadBeforeItsNotificationCameIsReadThere(t *testing.T) {
	forEachScene(t, func(s *scene) {
		rows, later := store.NewNotify(s.db), sceneDay.Add(time.Hour)
		first, second := s.posted(sceneDay), s.posted(sceneDay)
		s.noticed(rows, first, sceneDay)
		for _, upTo := range []string{second, first, ident.NewID()} { // an earlier one, or another deal's, takes nothing back
			if err := rows.ReadTalk(s.ctx, talk.AccountID, "D", upTo, sceneDay); err != nil {
				s.t.Fatal(err)
			}
		}
		s.noticed(rows, second, sceneDay)
		if n, talks := s.unread(rows), s.due(rows, later); n != 0 || len(talks) != 0 {
			s.t.Errorf("%d are unread, and letters are to tell of %v", n, talks)
		}
		third := s.posted(sceneDay)
		s.noticed(rows, third, sceneDay)
		if n, talks := s.unread(rows), s.due(rows, later); n != 1 || !slices.Equal(talks, []notify.Talk{talk}) {
			s.t.Errorf("%d are unread, and letters are to tell of %v", n, talks)
		}
	})
}

func TestWhatWaitsInATalkIsGivenToOneLetter(t *testing.T) {
	forEachScene(t, func(s *scene) {
		rows, later := store.NewNotify(s.db), sceneDay.Add(time.Hour)
		claim := func(letter string) int64 {
			n, err := rows.ClaimTalk(s.ctx, talk, letter)
			if err != nil {
				s.t.Fatal(err)
			}
			return n
		}
		told := func(letter string) int {
			n, err := rows.Unread(s.ctx, talk, letter)
			if err != nil {
				s.t.Fatal(err)
			}
			return n
		}
		for range 2 {
			s.noticed(rows, s.posted(sceneDay), sceneDay)
		}
		if first, again := claim("letter-1"), claim("letter-2"); first != 2 || again != 0 {
			s.t.Errorf("claimed are %d, then %d", first, again)
		}
		last := s.posted(sceneDay)
		s.noticed(rows, last, sceneDay)
		if talks := s.due(rows, later); len(talks) != 0 || told("letter-1") != 2 {
			s.t.Errorf("while a letter is unread, others are to tell of %v", talks)
		}
		if err := rows.ReadTalk(s.ctx, talk.AccountID, "D", last, later); err != nil {
			s.t.Fatal(err)
		}
		if claim("letter-3") != 0 || told("letter-1") != 0 {
			s.t.Error("a letter is to tell of what was read")
		}
	})
}

func TestAnErasedAccountLeavesNothingOfItsReadingAndItsChoices(t *testing.T) {
	forEachScene(t, func(s *scene) {
		rows := store.NewNotify(s.db)
		message := s.posted(sceneDay)
		for _, err := range []error{
			rows.ReadTalk(s.ctx, talk.AccountID, "D", message, sceneDay),
			rows.Decline(s.ctx, talk.AccountID, notify.TopicMessages, sceneDay),
			rows.EraseNotifications(s.ctx, talk.AccountID),
		} {
			if err != nil {
				s.t.Fatal(err)
			}
		}
		s.noticed(rows, message, sceneDay)
		declined, err := rows.Declined(s.ctx, talk.AccountID)
		if err != nil || len(declined) != 0 || s.unread(rows) != 1 {
			s.t.Errorf("declined are %v (%v), and %d are unread", declined, err, s.unread(rows))
		}
	})
}

func TestHowFarATalkWasReadIsForgottenWithItsNotifications(t *testing.T) {
	forEachScene(t, func(s *scene) {
		rows := store.NewNotify(s.db)
		message := s.posted(sceneDay)
		if err := rows.ReadTalk(s.ctx, talk.AccountID, "D", message, sceneDay); err != nil {
			s.t.Fatal(err)
		}
		for _, want := range []int64{1, 0} {
			if n, err := rows.Prune(s.ctx, sceneDay.AddDate(1, 0, 0), 10); err != nil || n != want {
				s.t.Errorf("forgot %d (%v), want %d", n, err, want)
			}
		}
	})
}
