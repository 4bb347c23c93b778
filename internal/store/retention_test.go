package store_test

import (
	"testing"
	"time"

	"chengqiao/internal/ident"
	"chengqiao/internal/notify"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
)

func TestOldNotificationsAreForgottenOldestFirstAndAnAccountsAtOnce(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		rows := store.NewNotify(db)
		at := func(day int) time.Time { return sceneDay.AddDate(0, 0, day) }
		for day := range 4 {
			for _, account := range []string{"one", "two"} {
				n := notify.Notification{ID: ident.NewID(), AccountID: account, EventID: ident.NewID(), Code: "match_found", At: at(day)}
				if err := rows.InsertNotifications(t.Context(), []notify.Notification{n}); err != nil {
					t.Fatal(err)
				}
			}
			if err := rows.InsertLetter(t.Context(), notify.LetterRecord{EventID: ident.NewID(), Template: "verify_email", At: at(day)}); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []int64{3, 1, 0} { // 4 notifications and 2 letters are before the third day
			if n, err := rows.Prune(t.Context(), at(2), 3); err != nil || n != want {
				t.Fatalf("forgot %d, want %d, %v", n, want, err)
			}
		}
		if err := rows.EraseNotifications(t.Context(), "one"); err != nil {
			t.Fatal(err)
		}
		for account, want := range map[string]int{"one": 0, "two": 2} {
			left, err := rows.Notifications(t.Context(), account, nil, "", 10)
			if err != nil || len(left) != want {
				t.Errorf("%s has %d left, want %d, %v", account, len(left), want, err)
			}
		}
		letters, err := sqldb.One(t.Context(), db, sqldb.Scalar[int64], `SELECT count(*) FROM letters`)
		if err != nil || letters != 2 {
			t.Errorf("%d letters are left, %v", letters, err)
		}
	})
}
