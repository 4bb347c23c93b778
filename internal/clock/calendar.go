package clock

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// HolidaysFile is the name under which LoadCalendar looks for the arrangement
// of public holidays.
const HolidaysFile = "holidays.yaml"

// Calendar tells working days 工作日 from holidays. China moves weekends
// around its public holidays by a yearly notice of the State Council, so that
// no formula knows them: they are data.
type Calendar struct {
	off  map[Date]bool // holidays, on whatever day of the week
	work map[Date]bool // weekends that are worked
	// everyYear are the holidays of a fixed day, "01-01", for years that are
	// not arranged.
	everyYear map[string]bool
	arranged  map[string]bool
}

// LoadCalendar reads HolidaysFile. All faults are reported together. A year
// that the file does not have is Mondays to Fridays without the holidays that
// fall on a fixed day.
func LoadCalendar(files fs.FS) (*Calendar, error) {
	raw, err := fs.ReadFile(files, HolidaysFile)
	if err != nil {
		return nil, fmt.Errorf("read holidays: %w", err)
	}
	var file struct {
		EveryYear []string `yaml:"every_year"`
		Years     []struct {
			Year   int    `yaml:"year"`
			Source string `yaml:"source"`
			Off    []struct {
				Name string `yaml:"name"`
				From string `yaml:"from"`
				To   string `yaml:"to"`
			} `yaml:"off"`
			Work []string `yaml:"work"`
		} `yaml:"years"`
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("%s: %w", HolidaysFile, err)
	}
	c := &Calendar{off: map[Date]bool{}, work: map[Date]bool{}, everyYear: map[string]bool{}, arranged: map[string]bool{}}
	var faults []error
	for _, day := range file.EveryYear {
		if _, err := ParseDate("2024-" + day); err != nil {
			faults = append(faults, fmt.Errorf("%s: every_year: %q is no day", HolidaysFile, day))
		}
		c.everyYear[day] = true
	}
	for _, y := range file.Years {
		c.arranged[fmt.Sprintf("%04d", y.Year)] = true
		for _, o := range y.Off {
			from, fromErr := ParseDate(o.From)
			to, toErr := ParseDate(o.To)
			if fromErr != nil || toErr != nil || to < from {
				faults = append(faults, fmt.Errorf("%s: %d %s: from %q to %q is no period", HolidaysFile, y.Year, o.Name, o.From, o.To))
				continue
			}
			for day := from; day <= to; day = day.AddDays(1) {
				c.off[day] = true
			}
		}
		for _, w := range y.Work {
			day, err := ParseDate(w)
			if err != nil || !weekend(day) || c.off[day] {
				faults = append(faults, fmt.Errorf("%s: %d: %q is no weekend to work on", HolidaysFile, y.Year, w))
				continue
			}
			c.work[day] = true
		}
	}
	return c, errors.Join(faults...)
}

// Working tells whether a valid date is a working day.
func (c *Calendar) Working(d Date) bool {
	year, day, _ := strings.Cut(string(d), "-")
	off := c.off[d] || weekend(d) || (!c.arranged[year] && c.everyYear[day])
	return c.work[d] || !off
}

// AddWorkingDays is the n-th working day after a valid date, which itself does
// not count: a period of n working days that begins by an act on d ends with
// that day.
func (c *Calendar) AddWorkingDays(d Date, n int) Date {
	for n > 0 {
		d = d.AddDays(1)
		if c.Working(d) {
			n--
		}
	}
	return d
}

func weekend(d Date) bool {
	t, err := time.Parse(time.DateOnly, string(d))
	return err == nil && (t.Weekday() == time.Saturday || t.Weekday() == time.Sunday)
}
