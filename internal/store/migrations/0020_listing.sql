-- Achievements, packages and needs: heads, revisions of their contents, and
-- what follows from both. What a content says is JSON; what lists ask for is a
-- column.

-- +goose Up
CREATE TABLE listings (
    id            TEXT   NOT NULL,
    kind          TEXT   NOT NULL CHECK (kind IN ('achievement', 'package', 'need')),
    owner_org     TEXT   NOT NULL,
    state         TEXT   NOT NULL,
    -- Counts the steps of the listing itself, so what readers see.
    step_seq      BIGINT NOT NULL,
    version       BIGINT NOT NULL,
    live_revision TEXT   NOT NULL, -- '' before the first publication
    live_number   BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    published_at  BIGINT NOT NULL, -- 0 before the first publication
    confirm_by    TEXT   NOT NULL, -- civil date; '' before the first publication
    suspended_by  TEXT   NOT NULL, -- organisation; '' when not suspended
    outcome       TEXT   NOT NULL,
    CONSTRAINT listings_pk PRIMARY KEY (id),
    CONSTRAINT listings_step_fk FOREIGN KEY (kind, id, step_seq, state)
        REFERENCES steps (kind, subject_id, seq, to_state) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX listings_of_owner ON listings (owner_org, kind, updated_at, id);
CREATE INDEX listings_live ON listings (kind, id) WHERE state = 'published';
CREATE INDEX listings_live_of_owner ON listings (owner_org, kind, id) WHERE state = 'published';
CREATE INDEX listings_due ON listings (kind, confirm_by, id) WHERE state = 'published';

CREATE TABLE revisions (
    id            TEXT   NOT NULL,
    listing_id    TEXT   NOT NULL,
    kind          TEXT   NOT NULL CHECK (kind IN ('achievement_revision', 'package_revision', 'need_revision')),
    state         TEXT   NOT NULL,
    step_seq      BIGINT NOT NULL,
    number        BIGINT NOT NULL, -- 0 until it is published
    title_zh      TEXT   NOT NULL,
    title_en      TEXT   NOT NULL,
    title_folded  TEXT   NOT NULL,
    content       JSONB  NOT NULL,
    return_reason TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    submitted_at  BIGINT NOT NULL,
    published_at  BIGINT NOT NULL,
    CONSTRAINT revisions_pk PRIMARY KEY (id),
    CONSTRAINT revisions_listing_fk FOREIGN KEY (listing_id) REFERENCES listings (id),
    CONSTRAINT revisions_step_fk FOREIGN KEY (kind, id, step_seq, state)
        REFERENCES steps (kind, subject_id, seq, to_state) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX revisions_of_listing ON revisions (listing_id, created_at, id);
-- One working copy at most, one revision of each number.
CREATE UNIQUE INDEX revisions_open ON revisions (listing_id) WHERE state IN ('draft', 'in_review', 'returned');
CREATE UNIQUE INDEX revisions_number ON revisions (listing_id, number) WHERE number > 0;
CREATE INDEX revisions_in_review ON revisions (submitted_at, listing_id) WHERE state = 'in_review';

-- A reviewer's reasons by field, beside the step that returned the revision.
CREATE TABLE review_returns (
    revision_id TEXT   NOT NULL,
    step_seq    BIGINT NOT NULL,
    fields      JSONB  NOT NULL, -- {"fields": [{"path", "reason"}]}
    CONSTRAINT review_returns_pk PRIMARY KEY (revision_id, step_seq),
    CONSTRAINT review_returns_revision_fk FOREIGN KEY (revision_id) REFERENCES revisions (id)
);

-- What the last published version of a listing contains.
CREATE TABLE listing_parts (
    listing_id TEXT NOT NULL,
    part_id    TEXT NOT NULL,
    CONSTRAINT listing_parts_pk PRIMARY KEY (listing_id, part_id),
    CONSTRAINT listing_parts_listing_fk FOREIGN KEY (listing_id) REFERENCES listings (id),
    CONSTRAINT listing_parts_part_fk FOREIGN KEY (part_id) REFERENCES listings (id)
);
CREATE INDEX listing_parts_of_part ON listing_parts (part_id, listing_id);

-- Who saw what above the public tier: once a day for each viewer and version.
CREATE TABLE disclosures (
    id          TEXT   NOT NULL,
    listing_id  TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    revision_id TEXT   NOT NULL,
    viewer_org  TEXT   NOT NULL,
    account_id  TEXT   NOT NULL,
    day         TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    tier        TEXT   NOT NULL,
    fields      JSONB  NOT NULL, -- {"fields": ["price"]}
    CONSTRAINT disclosures_pk PRIMARY KEY (id),
    CONSTRAINT disclosures_once UNIQUE (listing_id, revision_id, account_id, viewer_org, day, tier),
    CONSTRAINT disclosures_listing_fk FOREIGN KEY (listing_id) REFERENCES listings (id)
);
CREATE INDEX disclosures_of_listing ON disclosures (listing_id, id);

-- What a record of elsewhere has become here: importing twice does nothing.
CREATE TABLE listing_sources (
    kind       TEXT NOT NULL,
    owner_org  TEXT NOT NULL,
    source     TEXT NOT NULL,
    source_id  TEXT NOT NULL,
    listing_id TEXT NOT NULL,
    hash       TEXT NOT NULL, -- SHA-256 of the content as imported last
    CONSTRAINT listing_sources_pk PRIMARY KEY (owner_org, kind, source, source_id),
    CONSTRAINT listing_sources_listing_fk FOREIGN KEY (listing_id) REFERENCES listings (id)
);
