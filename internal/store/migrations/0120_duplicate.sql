-- Near-duplicates among listings: the keys by which they are found, and the
-- pairs with what was decided about them.

-- +goose Up
-- A few hashes of what a listing says; those of equal texts are equal.
CREATE TABLE duplicate_keys (
    listing_id TEXT   NOT NULL,
    key        BIGINT NOT NULL,
    CONSTRAINT duplicate_keys_pk PRIMARY KEY (key, listing_id),
    CONSTRAINT duplicate_keys_listing_fk FOREIGN KEY (listing_id) REFERENCES listings (id)
);
CREATE INDEX duplicate_keys_of_listing ON duplicate_keys (listing_id);

-- At which version, and by which model, a listing was compared with all others.
CREATE TABLE duplicate_looks (
    listing_id TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    model      TEXT   NOT NULL,
    CONSTRAINT duplicate_looks_pk PRIMARY KEY (listing_id),
    CONSTRAINT duplicate_looks_listing_fk FOREIGN KEY (listing_id) REFERENCES listings (id)
);

CREATE TABLE duplicates (
    id           TEXT   NOT NULL,
    kind         TEXT   NOT NULL DEFAULT 'duplicate' CHECK (kind = 'duplicate'),
    state        TEXT   NOT NULL,
    step_seq     BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    listing_kind TEXT   NOT NULL CHECK (listing_kind IN ('achievement', 'need')),
    first_id     TEXT   NOT NULL,
    second_id    TEXT   NOT NULL,
    first_org    TEXT   NOT NULL,
    second_org   TEXT   NOT NULL,
    score        BIGINT NOT NULL, -- millionths, as the owners have both
    open_score   BIGINT NOT NULL, -- millionths, as anybody has both; 0 where that is not suspected
    model        TEXT   NOT NULL,
    survivor_id  TEXT, -- of a merged pair
    kept         JSONB  NOT NULL, -- what the decision needs to be undone or upheld
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    CONSTRAINT duplicates_pk PRIMARY KEY (id),
    CONSTRAINT duplicates_pair UNIQUE (first_id, second_id),
    CONSTRAINT duplicates_ordered CHECK (first_id < second_id),
    CONSTRAINT duplicates_survivor CHECK (state <> 'merged' OR survivor_id IN (first_id, second_id)),
    CONSTRAINT duplicates_first_fk FOREIGN KEY (first_id) REFERENCES listings (id),
    CONSTRAINT duplicates_second_fk FOREIGN KEY (second_id) REFERENCES listings (id),
    CONSTRAINT duplicates_step_fk FOREIGN KEY (kind, id, step_seq, state)
        REFERENCES steps (kind, subject_id, seq, to_state) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX duplicates_of_second ON duplicates (second_id);
CREATE INDEX duplicates_listed ON duplicates (state, score, id);
CREATE INDEX duplicates_of_first_org ON duplicates (first_org, state, score);
CREATE INDEX duplicates_of_second_org ON duplicates (second_org, state, score);

-- Which records of elsewhere a listing was imported from.
CREATE INDEX listing_sources_of_listing ON listing_sources (listing_id);
