-- What mediators have set aside on their desk: needs and pairs, with the versions
-- that were live when they did.

-- +goose Up
CREATE TABLE desk_asides (
    org_id        TEXT   NOT NULL,
    kind          TEXT   NOT NULL CHECK (kind IN ('need', 'match')),
    subject_id    TEXT   NOT NULL, -- the need, or the pair in the ledger
    need_number   BIGINT NOT NULL,
    result_number BIGINT NOT NULL, -- 0 of a need
    at            BIGINT NOT NULL,
    CONSTRAINT desk_asides_pk PRIMARY KEY (org_id, kind, subject_id)
);
