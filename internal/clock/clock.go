// Package clock owns time: instants are UTC microseconds, business dates are
// civil dates of Asia/Shanghai kept as text. Domains get a Clock and never
// call time.Now themselves.
package clock

import (
	"fmt"
	"sync"
	"time"
)

// Clock tells the present instant.
type Clock interface {
	// Now is UTC, cut to the microsecond (the store's precision).
	Now() time.Time
}

// System is the machine's clock.
type System struct{}

// Now implements Clock.
func (System) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Manual is a clock that tests set and advance. Safe for concurrent use.
type Manual struct {
	mu  sync.Mutex
	now time.Time
}

// NewManual starts a manual clock at t.
func NewManual(t time.Time) *Manual {
	return &Manual{now: t.UTC().Truncate(time.Microsecond)}
}

// Now implements Clock.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Advance moves the clock forward by d.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d).Truncate(time.Microsecond)
}

// Shanghai is the zone of business dates. China keeps UTC+8 without summer
// time since 1991, so a fixed zone needs no tz database on the machine.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Date is a civil date of Asia/Shanghai as text, "2026-11-23"; "" is unset.
// Dates compare correctly as strings.
type Date string

// DateOf is the civil date in Shanghai at an instant.
func DateOf(t time.Time) Date { return Date(t.In(Shanghai).Format(time.DateOnly)) }

// ParseDate reads "2026-11-23" and refuses anything else, so 2026-2-30 too.
func ParseDate(s string) (Date, error) {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", fmt.Errorf("not a date of the form 2026-11-23: %q", s)
	}
	return Date(s), nil
}

// AddDays moves a valid date by n calendar days.
func (d Date) AddDays(n int) Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return Date(t.AddDate(0, 0, n).Format(time.DateOnly))
}

// End is the last instant of the date in Shanghai, to the microsecond; zero
// for "".
func (d Date) End() time.Time {
	begin, err := time.ParseInLocation(time.DateOnly, string(d), Shanghai)
	if err != nil {
		return time.Time{}
	}
	return begin.AddDate(0, 0, 1).Add(-time.Microsecond).UTC()
}

// Micros is an instant as the store keeps it; the zero time is 0.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// FromMicros is the inverse of Micros.
func FromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
