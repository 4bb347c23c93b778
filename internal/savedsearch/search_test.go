package savedsearch

import (
	"testing"
	"time"

	"chengqiao/internal/clock"
)

func TestDailyAndWeeklyAlertsComeAtEightInShanghai(t *testing.T) {
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, 11, day, hour, minute, 0, 0, clock.Shanghai)
	}
	for _, c := range []struct {
		alert     Alert
		now, want time.Time
	}{
		{Daily, at(23, 7, 59), at(23, 8, 0)},
		{Daily, at(23, 8, 0), at(24, 8, 0)},
		{Daily, at(30, 23, 0), time.Date(2026, 12, 1, 8, 0, 0, 0, clock.Shanghai)},
		{Weekly, at(23, 7, 0), at(23, 8, 0)}, // a Monday
		{Weekly, at(23, 8, 0), at(30, 8, 0)},
		{Weekly, at(25, 12, 0), at(30, 8, 0)},
	} {
		if got := nextDue(c.alert, c.now); !got.Equal(c.want) {
			t.Errorf("%s after %s comes at %s, want %s", c.alert, c.now, got.In(clock.Shanghai), c.want)
		}
	}
	for _, still := range []Alert{Off, AtOnce} {
		if got := nextDue(still, at(23, 7, 0)); !got.IsZero() {
			t.Errorf("%s waits for %s", still, got)
		}
	}
}

func TestAListingIsNewOnceOrByWhatItSays(t *testing.T) {
	once, changes := Search{ID: "s"}, Search{ID: "s", Changes: true}
	known := []Entry{once.entry("l", "first", time.Time{}, baseline)}
	for name, c := range map[string]struct {
		entry Entry
		want  bool
	}{
		"the same again":                        {once.entry("l", "first", time.Time{}, ""), true},
		"a newer version, where it counts once": {once.entry("l", "second", time.Time{}, ""), true},
		"the same again, where changes count":   {changes.entry("l", "first", time.Time{}, ""), true},
		"a newer version, where changes count":  {changes.entry("l", "second", time.Time{}, ""), false},
		"another listing":                       {once.entry("m", "first", time.Time{}, ""), false},
	} {
		if got := repeats(c.entry, known); got != c.want {
			t.Errorf("%s repeats: %t", name, got)
		}
	}
}
