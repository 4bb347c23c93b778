-- What mediators choose matches and needs by is read from the content. Without
-- knowing how it is spread PostgreSQL expects one revision of a hundred, and reads
-- all of them to find those few.

-- +goose Up
CREATE STATISTICS revisions_by_audience ON (coalesce(content ->> 'audience', '')) FROM revisions;
CREATE STATISTICS revisions_by_field ON (content ->> 'technical_field') FROM revisions;
CREATE STATISTICS revisions_by_region ON (content ->> 'region') FROM revisions;
ANALYZE revisions;
