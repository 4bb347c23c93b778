-- Reward plans, and what each movement of money gave each contributor.

-- +goose Up
CREATE TABLE plans (
    id             TEXT   NOT NULL,
    kind           TEXT   NOT NULL DEFAULT 'plan' CHECK (kind = 'plan'),
    state          TEXT   NOT NULL,
    step_seq       BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    contract_id    TEXT   NOT NULL,
    owner_org      TEXT   NOT NULL,
    number         BIGINT NOT NULL CHECK (number > 0),
    base           TEXT   NOT NULL CHECK (base IN ('TOTAL', 'NET')),
    floor_bps      BIGINT NOT NULL CHECK (floor_bps >= 0 AND floor_bps <= 10000),
    team_bps       BIGINT NOT NULL CHECK (team_bps >= 0 AND team_bps <= 10000),
    -- Which rule it is, and the legal one that it was held against.
    rule_id        TEXT   NOT NULL,
    rule_version   BIGINT NOT NULL,
    rule_place     TEXT   NOT NULL,
    rule_from      TEXT   NOT NULL,
    legal_floor    TEXT   NOT NULL,
    created_by     TEXT   NOT NULL,
    created_at     BIGINT NOT NULL,
    proposed_by    TEXT   NOT NULL,
    minutes_file   TEXT,
    notice_file    TEXT,
    publicity_from TEXT,
    publicity_ends TEXT,
    effective_at   BIGINT NOT NULL, -- 0 before it took effect
    CONSTRAINT plans_pk PRIMARY KEY (id),
    CONSTRAINT plans_number UNIQUE (contract_id, owner_org, number),
    CONSTRAINT plans_step_fk FOREIGN KEY (kind, id, step_seq, state)
        REFERENCES steps (kind, subject_id, seq, to_state) DEFERRABLE INITIALLY DEFERRED
);
-- An owner agrees on one plan of a contract at a time, and one is in effect.
CREATE UNIQUE INDEX plans_one_in_progress ON plans (contract_id, owner_org)
    WHERE state <> 'effective' AND state <> 'superseded';
CREATE UNIQUE INDEX plans_one_effective ON plans (owner_org, contract_id) WHERE state = 'effective';

CREATE TABLE plan_contributors (
    plan_id      TEXT   NOT NULL,
    place        BIGINT NOT NULL, -- from 0; ties go to the earlier
    person_id    TEXT   NOT NULL,
    role         TEXT   NOT NULL CHECK (role IN ('COMPLETER', 'CONVERTER', 'SUPPORT')),
    weight       BIGINT NOT NULL CHECK (weight > 0),
    leader       TEXT   NOT NULL CHECK (leader IN ('none', 'deputy', 'chief')),
    confirmed_at BIGINT NOT NULL, -- 0 until confirmed in person
    CONSTRAINT plan_contributors_pk PRIMARY KEY (plan_id, place),
    CONSTRAINT plan_contributors_person UNIQUE (plan_id, person_id),
    CONSTRAINT plan_contributors_plan_fk FOREIGN KEY (plan_id) REFERENCES plans (id)
);
CREATE INDEX plan_contributors_of_person ON plan_contributors (person_id, plan_id);

CREATE TABLE distributions (
    id                    TEXT   NOT NULL,
    kind                  TEXT   NOT NULL DEFAULT 'distribution' CHECK (kind = 'distribution'),
    state                 TEXT   NOT NULL,
    step_seq              BIGINT NOT NULL,
    version               BIGINT NOT NULL,
    contract_id           TEXT   NOT NULL,
    owner_org             TEXT   NOT NULL,
    plan_id               TEXT   NOT NULL,
    seq                   BIGINT NOT NULL, -- the order in which the plan's account took them
    movement_id           TEXT   NOT NULL,
    receipt_id            TEXT   NOT NULL,
    moved_on              TEXT   NOT NULL,
    -- The owner's part of the movement.
    type                  TEXT   NOT NULL CHECK (type IN ('RECEIPT', 'REFUND')),
    amount_fen            BIGINT NOT NULL,
    taxes_fen             BIGINT NOT NULL,
    costs_fen             BIGINT NOT NULL,
    commission_fen        BIGINT NOT NULL,
    -- What it changed.
    net_fen               BIGINT NOT NULL,
    base_fen              BIGINT NOT NULL,
    pool_fen              BIGINT NOT NULL,
    main_fen              BIGINT NOT NULL,
    institution_fen       BIGINT NOT NULL,
    institution_total_fen BIGINT NOT NULL,
    prepared_by           TEXT   NOT NULL,
    computed_at           BIGINT NOT NULL,
    approved_by           TEXT   NOT NULL,
    approved_at           BIGINT NOT NULL,
    paid_on               TEXT,
    payment_reference     TEXT   NOT NULL,
    proof_file            TEXT,
    CONSTRAINT distributions_pk PRIMARY KEY (id),
    CONSTRAINT distributions_one_of_movement UNIQUE (movement_id, owner_org),
    CONSTRAINT distributions_in_order UNIQUE (plan_id, seq),
    CONSTRAINT distributions_two_persons CHECK (approved_by = '' OR approved_by <> prepared_by),
    CONSTRAINT distributions_adds_up CHECK (pool_fen + institution_fen = net_fen),
    CONSTRAINT distributions_plan_fk FOREIGN KEY (plan_id) REFERENCES plans (id),
    CONSTRAINT distributions_step_fk FOREIGN KEY (kind, id, step_seq, state)
        REFERENCES steps (kind, subject_id, seq, to_state) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX distributions_of_contract ON distributions (contract_id, plan_id, seq);
CREATE INDEX distributions_of_owner_by_state ON distributions (owner_org, state, id);

CREATE TABLE distribution_shares (
    distribution_id TEXT   NOT NULL,
    place           BIGINT NOT NULL,
    person_id       TEXT   NOT NULL,
    role            TEXT   NOT NULL,
    weight          BIGINT NOT NULL,
    group_weight    BIGINT NOT NULL,
    amount_fen      BIGINT NOT NULL,
    accepted_at     BIGINT NOT NULL, -- 0 until the contributor confirmed the payment
    CONSTRAINT distribution_shares_pk PRIMARY KEY (distribution_id, place),
    CONSTRAINT distribution_shares_distribution_fk FOREIGN KEY (distribution_id) REFERENCES distributions (id)
);
CREATE INDEX distribution_shares_of_person ON distribution_shares (person_id, distribution_id);
