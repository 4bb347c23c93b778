package app

import (
	"context"

	"chengqiao/internal/evaluate"
	"chengqiao/internal/store"
)

// mostTestimonies bounds what is learnt from, the latest: more judgements than
// a market gives in years, and fewer than a small machine holds.
const mostTestimonies = 200_000

// judgedHere reads what this installation knows of the pairs it has shown.
func judgedHere(ctx context.Context, flags *settingFlags) (*evaluate.Ledger, error) {
	cfg, err := flags.loadExisting()
	if err != nil {
		return nil, err
	}
	db, err := openDatabase(ctx, cfg, false)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if err := store.CheckSchema(ctx, db); err != nil {
		return nil, err
	}
	told, err := store.NewMatch(db).Testimonies(ctx, mostTestimonies)
	return &evaluate.Ledger{Told: told}, err
}
