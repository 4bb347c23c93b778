package evaluate

import (
	"context"
	"encoding/json"
	"time"

	"chengqiao/internal/duplicate"
	"chengqiao/internal/duplicate/trial"
	"chengqiao/internal/text"
)

// DuplicateOptions say what the finder of duplicates is measured on.
type DuplicateOptions struct {
	// Docs is a file of real records; Each how many of them are altered in
	// each way; Seed the source of chance.
	Docs  string
	Each  int
	Seed  uint64
	Model duplicate.Model
}

// DuplicateFigures are the trial's with the time it took.
type DuplicateFigures struct {
	trial.Figures
	// RecordsPerSecond is how many sketches and searches were made a second.
	RecordsPerSecond float64 `json:"records_per_second"`
}

// Duplicates measures the finder of duplicates on altered real records.
// Error: *InputError for a file that is absent or broken.
func Duplicates(ctx context.Context, o DuplicateOptions) (DuplicateFigures, error) {
	docs, err := readDocs(o.Docs, KnownFields)
	if err != nil {
		return DuplicateFigures{}, &InputError{err}
	}
	records := make([]trial.Record, 0, len(docs))
	for _, d := range docs {
		if err := ctx.Err(); err != nil {
			return DuplicateFigures{}, err
		}
		records = append(records, duplicateRecord(d))
	}
	start := time.Now()
	figures := trial.Measure(duplicate.NewFinder(o.Model), records, trial.Options{Each: o.Each, Seed: o.Seed})
	return DuplicateFigures{
		Figures:          figures,
		RecordsPerSecond: float64(figures.Records+figures.Altered) / time.Since(start).Seconds(),
	}, nil
}

// duplicateRecord is a document as the finder sees a listing.
func duplicateRecord(d Doc) trial.Record {
	var more struct {
		Year int `json:"year"`
	}
	_ = json.Unmarshal(d.Record, &more) // a record without a year has none
	r := trial.Record{ID: d.ID, Keywords: d.Fields["keywords"], View: duplicate.View{
		Title: text.Text{En: d.Text("title_en")}, Body: text.Text{En: d.Text("abstract_en")},
		Persons: d.Fields["authors"], Year: more.Year,
	}}
	body := d.Text("abstract")
	if body == "" {
		body = d.Text("description")
	}
	if d.Language == "en" {
		r.View.Title.En, r.View.Body.En = d.Text("title"), body
	} else {
		r.View.Title.Zh, r.View.Body.Zh = d.Text("title"), body
	}
	return r
}
