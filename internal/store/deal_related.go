package store

import (
	"context"

	"chengqiao/internal/sqldb"
	"chengqiao/internal/text"
)

// ListingTitles are the titles of the live versions of those of the listings
// that have one: what an introduction or a deal is about.
func (s *Deal) ListingTitles(ctx context.Context, ids []string) (map[string]text.Text, error) {
	out := map[string]text.Text{}
	if len(ids) == 0 {
		return out, nil
	}
	_, err := sqldb.All(ctx, s.db, func(row sqldb.Row) (struct{}, error) {
		var id string
		var title text.Text
		err := row.Scan(&id, &title.Zh, &title.En)
		out[id] = title
		return struct{}{}, err
	}, `SELECT l.id, v.title_zh, v.title_en FROM listings l JOIN revisions v ON v.id = l.live_revision
		WHERE l.id IN (`+sqldb.Placeholders(1, len(ids))+`)`, sqldb.Args(nil, ids)...)
	return out, err
}

// ContractsOf are the contracts of those of the deals that have one, discarded
// drafts aside, by deal.
func (s *Deal) ContractsOf(ctx context.Context, dealIDs []string) (map[string]string, error) {
	out := map[string]string{}
	if len(dealIDs) == 0 {
		return out, nil
	}
	_, err := sqldb.All(ctx, s.db, func(row sqldb.Row) (struct{}, error) {
		var deal, contract string
		err := row.Scan(&deal, &contract)
		out[deal] = contract
		return struct{}{}, err
	}, `SELECT deal_id, id FROM contracts WHERE state <> 'discarded'
		AND deal_id IN (`+sqldb.Placeholders(1, len(dealIDs))+`)`, sqldb.Args(nil, dealIDs)...)
	return out, err
}
