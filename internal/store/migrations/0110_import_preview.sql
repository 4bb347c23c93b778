-- Files that wait to be imported: their previews and rows. Both go when the
-- preview's life is over; what was taken is in the listings.

-- +goose Up
CREATE TABLE import_previews (
    id         TEXT    NOT NULL,
    listing    TEXT    NOT NULL CHECK (listing IN ('achievement', 'package', 'need')),
    org_id     TEXT    NOT NULL,
    account_id TEXT    NOT NULL,
    file_name  TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('open', 'committing', 'done')),
    columns    JSONB   NOT NULL, -- {"columns": [{"header", "property"}]}
    rows       BIGINT  NOT NULL,
    faulty     BIGINT  NOT NULL,
    left_out   BIGINT  NOT NULL,
    unready    BIGINT  NOT NULL,
    creates    BIGINT  NOT NULL,
    updates    BIGINT  NOT NULL,
    same       BIGINT  NOT NULL,
    submit     BOOLEAN NOT NULL,
    result     JSONB   NOT NULL,
    confirmer  JSONB   NOT NULL, -- who confirmed, for whom the background work acts
    version    BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL,
    CONSTRAINT import_previews_pk PRIMARY KEY (id)
);
CREATE INDEX import_previews_of_org ON import_previews (org_id, created_at, id);
CREATE INDEX import_previews_expiry ON import_previews (expires_at);

CREATE TABLE import_rows (
    preview_id TEXT    NOT NULL,
    number     BIGINT  NOT NULL,
    line       BIGINT  NOT NULL,
    content    JSONB   NOT NULL, -- cells, title, faults, what review would ask
    source_id  TEXT    NOT NULL,
    outcome    TEXT    NOT NULL,
    left_out   BOOLEAN NOT NULL,
    faulty     BOOLEAN NOT NULL,
    unready    BOOLEAN NOT NULL,
    CONSTRAINT import_rows_pk PRIMARY KEY (preview_id, number),
    CONSTRAINT import_rows_preview_fk FOREIGN KEY (preview_id) REFERENCES import_previews (id)
);

-- Where a listing was taken over from: another platform's record.
CREATE TABLE listing_origins (
    listing_id  TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    owner_org   TEXT   NOT NULL,
    source      TEXT   NOT NULL, -- as in listing_sources
    source_id   TEXT   NOT NULL,
    origin      JSONB  NOT NULL, -- names, licence, links, contact
    seen_at     BIGINT NOT NULL, -- the harvest that met it last
    vanished_on TEXT   NOT NULL, -- civil date; '' while it is at its source
    CONSTRAINT listing_origins_pk PRIMARY KEY (listing_id),
    CONSTRAINT listing_origins_listing_fk FOREIGN KEY (listing_id) REFERENCES listings (id)
);
CREATE INDEX listing_origins_of_source ON listing_origins (owner_org, kind, source, seen_at, listing_id);

-- Exports read an organisation's listings by id, so that one which changes
-- meanwhile is neither missed nor met twice.
CREATE INDEX listings_of_owner_by_id ON listings (owner_org, kind, id);
