-- What operators make of the list of synonyms that ships, and the number of its
-- changes.

-- +goose Up
CREATE TABLE synonym_groups (
    id          TEXT    NOT NULL,
    shipped     BOOLEAN NOT NULL, -- stands in a shipped group's place
    field       TEXT    NOT NULL,
    expressions JSONB   NOT NULL, -- {"list": [...]}
    disabled    BOOLEAN NOT NULL,
    updated_at  BIGINT  NOT NULL,
    updated_by  TEXT    NOT NULL, -- an account; '' from the machine
    version     BIGINT  NOT NULL,
    CONSTRAINT synonym_groups_pk PRIMARY KEY (id),
    CONSTRAINT synonym_groups_off CHECK (shipped OR NOT disabled)
);

CREATE TABLE synonym_list (
    id         TEXT   NOT NULL CHECK (id = 'list'),
    revision   BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT synonym_list_pk PRIMARY KEY (id)
);
INSERT INTO synonym_list (id, revision, changed_at) VALUES ('list', 0, 0);
