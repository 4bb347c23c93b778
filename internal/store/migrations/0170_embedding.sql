-- Where texts of listings lie, as an embedding service said it, and the
-- listings whose texts are still to be asked about. Derived data: without it
-- the service is asked again.

-- +goose Up
CREATE TABLE embeddings (
    listing_id TEXT   NOT NULL,
    model      TEXT   NOT NULL, -- with the length of its vectors
    reader     TEXT   NOT NULL CHECK (reader IN ('public', 'members')),
    kind       TEXT   NOT NULL,
    text_hash  TEXT   NOT NULL,
    direction  BYTEA  NOT NULL, -- a signed byte a dimension; empty where the service does not take the text
    CONSTRAINT embeddings_pk PRIMARY KEY (listing_id, model, reader)
);
CREATE INDEX embeddings_by_model ON embeddings (model, listing_id);

CREATE TABLE embedding_due (
    listing_id TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    mark       TEXT   NOT NULL, -- of the last time that it was noted
    CONSTRAINT embedding_due_pk PRIMARY KEY (listing_id)
);
CREATE INDEX embedding_due_in_order ON embedding_due (mark);

CREATE TABLE embedding_sweeps (
    name     TEXT    NOT NULL, -- model and recipe of the texts
    after_id TEXT    NOT NULL,
    finished BOOLEAN NOT NULL,
    CONSTRAINT embedding_sweeps_pk PRIMARY KEY (name)
);
