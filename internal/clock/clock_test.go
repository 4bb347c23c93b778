package clock_test

import (
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"chengqiao/internal/clock"
)

func TestTheBusinessDayTurnsAtMidnightInShanghai(t *testing.T) {
	for _, c := range []struct {
		at   time.Time
		want clock.Date
	}{
		{time.Date(2026, 11, 23, 15, 59, 59, 999_999_000, time.UTC), "2026-11-23"},
		{time.Date(2026, 11, 23, 16, 0, 0, 0, time.UTC), "2026-11-24"},
		{time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC), "2027-01-01"},
		{time.Date(2026, 11, 23, 23, 0, 0, 0, time.FixedZone("", -5*3600)), "2026-11-24"},
	} {
		if got := clock.DateOf(c.at); got != c.want {
			t.Errorf("%v is %s, want %s", c.at, got, c.want)
		}
	}
}

func TestOnlyWholeDatesAreRead(t *testing.T) {
	for _, good := range []string{"2026-11-23", "2024-02-29", "0001-01-01"} {
		if d, err := clock.ParseDate(good); err != nil || string(d) != good {
			t.Errorf("%q: %q (%v)", good, d, err)
		}
	}
	for _, bad := range []string{"", "2026-2-30", "2026-02-30", "2025-02-29", "2026-11-23T00:00:00Z", "20261123", "２０２６-11-23", "2026-13-01", " 2026-11-23"} {
		if _, err := clock.ParseDate(bad); err == nil {
			t.Errorf("%q is taken for a date", bad)
		}
	}
}

func TestADayEndsBeforeTheNextOne(t *testing.T) {
	for day, want := range map[clock.Date]time.Time{
		"2026-11-23": time.Date(2026, 11, 23, 15, 59, 59, 999_999_000, time.UTC),
		"9999-12-31": time.Date(9999, 12, 31, 15, 59, 59, 999_999_000, time.UTC),
		"":           {},
	} {
		if got := day.End(); !got.Equal(want) {
			t.Errorf("%q ends at %v, want %v", day, got, want)
		}
	}
}

func TestDatesAreMovedByDaysAndComparedAsText(t *testing.T) {
	if got := clock.Date("2024-02-28").AddDays(2); got != "2024-03-01" {
		t.Errorf("%s", got)
	}
	if got := clock.Date("").AddDays(1); got != "" {
		t.Errorf("an unset date moves to %s", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		d := clock.DateOf(time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "seconds"), 0))
		n := rapid.IntRange(0, 5000).Draw(t, "days")
		moved := d.AddDays(n)
		if back := moved.AddDays(-n); back != d {
			t.Fatalf("%s + %d − %d is %s", d, n, n, back)
		}
		if n > 0 && moved <= d {
			t.Fatalf("%s + %d is %s, which does not come after it", d, n, moved)
		}
	})
}

func TestAnInstantComesBackFromTheStoreAsItWas(t *testing.T) {
	if clock.Micros(time.Time{}) != 0 || !clock.FromMicros(0).IsZero() {
		t.Error("the unset instant does not stay unset")
	}
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMicro(rapid.Int64Range(1, 1<<52).Draw(t, "micros")).UTC()
		if back := clock.FromMicros(clock.Micros(at)); !back.Equal(at) || back.Location() != time.UTC {
			t.Fatalf("%v comes back as %v", at, back)
		}
	})
}

func TestNoClockTellsMoreThanTheStoreKeeps(t *testing.T) {
	manual := clock.NewManual(time.Date(2026, 11, 23, 10, 0, 0, 1234, clock.Shanghai))
	manual.Advance(1500 * time.Nanosecond)
	for _, now := range []time.Time{clock.System{}.Now(), manual.Now()} {
		if now.Location() != time.UTC || now.Nanosecond()%1000 != 0 {
			t.Errorf("%v is not UTC to the microsecond", now)
		}
	}
}

func TestAManualClockCanBeMovedByMany(t *testing.T) {
	manual := clock.NewManual(time.Unix(0, 0))
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			manual.Advance(time.Second)
			manual.Now()
		})
	}
	group.Wait()
	if got := manual.Now().Unix(); got != 50 {
		t.Errorf("fifty seconds later it is %d", got)
	}
}
