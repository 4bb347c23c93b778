-- Introductions, the deals that accepted ones open, their messages and NDAs.

-- +goose Up
CREATE TABLE introductions (
    id          TEXT    NOT NULL,
    kind        TEXT    NOT NULL DEFAULT 'introduction' CHECK (kind = 'introduction'),
    state       TEXT    NOT NULL,
    step_seq    BIGINT  NOT NULL,
    version     BIGINT  NOT NULL,
    from_org    TEXT    NOT NULL,
    to_org      TEXT    NOT NULL,
    seller_asks BOOLEAN NOT NULL,
    anonymous   BOOLEAN NOT NULL, -- the buyer is concealed until it is accepted
    package_id  TEXT,
    need_id     TEXT,
    match_id    TEXT,
    -- Package and need, or one of them and who asks: see deal.pairKey.
    pair        TEXT    NOT NULL,
    message     TEXT    NOT NULL,
    made_by     TEXT    NOT NULL,
    made_at     BIGINT  NOT NULL,
    answer_by   BIGINT  NOT NULL,
    ended_at    BIGINT  NOT NULL, -- 0 while open
    reason_code TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    CONSTRAINT introductions_pk PRIMARY KEY (id),
    CONSTRAINT introductions_about CHECK (package_id IS NOT NULL OR need_id IS NOT NULL),
    CONSTRAINT introductions_two_sides CHECK (from_org <> to_org),
    CONSTRAINT introductions_step_fk FOREIGN KEY (kind, id, step_seq, state)
        REFERENCES steps (kind, subject_id, seq, to_state) DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX introductions_one_open ON introductions (pair) WHERE state = 'open';
CREATE INDEX introductions_sent ON introductions (from_org, id);
CREATE INDEX introductions_received ON introductions (to_org, id);
CREATE INDEX introductions_due ON introductions (answer_by) WHERE state = 'open';
CREATE INDEX introductions_answered ON introductions (to_org, ended_at);
CREATE INDEX introductions_accepted_of_package ON introductions (package_id) WHERE state = 'accepted';
CREATE INDEX introductions_accepted_of_need ON introductions (need_id) WHERE state = 'accepted';

CREATE TABLE deals (
    id              TEXT   NOT NULL,
    kind            TEXT   NOT NULL DEFAULT 'deal' CHECK (kind = 'deal'),
    state           TEXT   NOT NULL,
    step_seq        BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    introduction_id TEXT   NOT NULL,
    seller_org      TEXT   NOT NULL,
    buyer_org       TEXT   NOT NULL,
    package_id      TEXT,
    need_id         TEXT,
    pair            TEXT   NOT NULL,
    opened_at       BIGINT NOT NULL,
    ended_at        BIGINT NOT NULL, -- 0 while it is negotiated
    reason_code     TEXT   NOT NULL,
    reason          TEXT   NOT NULL,
    nda_version     TEXT   NOT NULL, -- '' before the first signature
    nda_in_force_at BIGINT NOT NULL, -- 0 before the second
    CONSTRAINT deals_pk PRIMARY KEY (id),
    CONSTRAINT deals_of_introduction UNIQUE (introduction_id),
    CONSTRAINT deals_two_sides CHECK (seller_org <> buyer_org),
    CONSTRAINT deals_introduction_fk FOREIGN KEY (introduction_id) REFERENCES introductions (id),
    CONSTRAINT deals_step_fk FOREIGN KEY (kind, id, step_seq, state)
        REFERENCES steps (kind, subject_id, seq, to_state) DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX deals_one_negotiated ON deals (pair) WHERE state = 'negotiating';
CREATE INDEX deals_of_seller ON deals (seller_org, id);
CREATE INDEX deals_of_buyer ON deals (buyer_org, id);
CREATE INDEX deals_about_package ON deals (package_id) WHERE nda_in_force_at > 0;
CREATE INDEX deals_about_need ON deals (need_id) WHERE nda_in_force_at > 0;

CREATE TABLE nda_signatures (
    deal_id      TEXT   NOT NULL,
    org_id       TEXT   NOT NULL,
    account_id   TEXT   NOT NULL,
    person_id    TEXT   NOT NULL,
    text_version TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    CONSTRAINT nda_signatures_pk PRIMARY KEY (deal_id, org_id),
    CONSTRAINT nda_signatures_deal_fk FOREIGN KEY (deal_id) REFERENCES deals (id)
);

CREATE TABLE deal_messages (
    id         TEXT   NOT NULL,
    deal_id    TEXT   NOT NULL,
    org_id     TEXT   NOT NULL,
    account_id TEXT   NOT NULL,
    person_id  TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    text       TEXT   NOT NULL,
    CONSTRAINT deal_messages_pk PRIMARY KEY (id),
    CONSTRAINT deal_messages_deal_fk FOREIGN KEY (deal_id) REFERENCES deals (id)
);
CREATE INDEX deal_messages_of_deal ON deal_messages (deal_id, id);
