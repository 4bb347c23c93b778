package clock_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"chengqiao/config"
	"chengqiao/internal/clock"
)

func shippedCalendar(t *testing.T) *clock.Calendar {
	t.Helper()
	c, err := clock.LoadCalendar(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWorkingDaysFollowTheYearlyNotice(t *testing.T) {
	c := shippedCalendar(t)
	for day, want := range map[clock.Date]bool{
		"2026-11-23": true,  // a Monday
		"2026-11-21": false, // a Saturday
		"2026-02-17": false, // a Tuesday within 春节
		"2026-02-14": true,  // a Saturday worked before it
		"2026-10-10": true,  // a Saturday worked after 国庆节
		"2031-01-01": false, // 元旦 of a year without a notice
		"2031-01-02": true,  // the Thursday after it
		"2026-05-06": true,  // the Wednesday after 劳动节
	} {
		if got := c.Working(day); got != want {
			t.Errorf("%s works %v, want %v", day, got, want)
		}
	}
}

func TestAPeriodOfWorkingDaysSkipsHolidaysAndCountsWorkedWeekends(t *testing.T) {
	c := shippedCalendar(t)
	for _, p := range []struct {
		from clock.Date
		days int
		want clock.Date
	}{
		{"2026-11-23", 15, "2026-12-14"},
		{"2026-11-20", 1, "2026-11-23"},
		{"2026-09-30", 1, "2026-10-08"},
		{"2026-02-13", 3, "2026-02-25"},
		{"2026-11-23", 0, "2026-11-23"},
		{"2026-12-28", 4, "2027-01-04"},
	} {
		if got := c.AddWorkingDays(p.from, p.days); got != p.want {
			t.Errorf("%d working days after %s: %s, want %s", p.days, p.from, got, p.want)
		}
	}
}

func TestFaultsOfAHolidaysFileAreReportedTogether(t *testing.T) {
	_, err := clock.LoadCalendar(fstest.MapFS{clock.HolidaysFile: {Data: []byte(`
every_year: ["13-01"]
years:
  - year: 2026
    source: s
    off: [{name: a, from: "2026-01-03", to: "2026-01-01"}, {name: b, from: x, to: "2026-01-01"}]
    work: ["2026-11-23"]
`)}})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"2026 a", "2026 b", `"2026-11-23"`, `"13-01"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not reported in %v", want, err)
		}
	}
	if _, err := clock.LoadCalendar(fstest.MapFS{}); err == nil {
		t.Error("an absent file passes")
	}
}
