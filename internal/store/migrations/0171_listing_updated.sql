-- What has changed lately, of whomever: asked for several times a minute.

-- +goose Up
CREATE INDEX listings_by_update ON listings (updated_at, id);
