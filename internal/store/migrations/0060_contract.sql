-- Contracts with their parties and components as they stood when drafted, and
-- the money that moved on them.

-- +goose Up
CREATE TABLE contracts (
    id             TEXT   NOT NULL,
    kind           TEXT   NOT NULL DEFAULT 'contract' CHECK (kind = 'contract'),
    state          TEXT   NOT NULL,
    step_seq       BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    deal_id        TEXT   NOT NULL,
    package_id     TEXT,
    seller_org     TEXT   NOT NULL,
    buyer_org      TEXT   NOT NULL,
    type           TEXT   NOT NULL,
    total_fen      BIGINT NOT NULL CHECK (total_fen > 0),
    technology_fen BIGINT NOT NULL CHECK (technology_fen >= 0 AND technology_fen <= total_fen),
    terms          JSONB  NOT NULL,
    drafted_by     TEXT   NOT NULL,
    drafted_at     BIGINT NOT NULL,
    signed_on      TEXT,
    CONSTRAINT contracts_pk PRIMARY KEY (id),
    CONSTRAINT contracts_step_fk FOREIGN KEY (kind, id, step_seq, state)
        REFERENCES steps (kind, subject_id, seq, to_state) DEFERRABLE INITIALLY DEFERRED
);
-- A deal has one contract; a discarded draft makes room for another.
CREATE UNIQUE INDEX contracts_one_of_deal ON contracts (deal_id) WHERE state <> 'discarded';
CREATE INDEX contracts_of_seller ON contracts (seller_org, id);
CREATE INDEX contracts_of_buyer ON contracts (buyer_org, id);
CREATE INDEX contracts_by_signing ON contracts (signed_on, id) WHERE signed_on IS NOT NULL;

CREATE TABLE contract_parties (
    contract_id TEXT   NOT NULL,
    side        TEXT   NOT NULL CHECK (side IN ('seller', 'buyer')),
    org_id      TEXT   NOT NULL,
    name        JSONB  NOT NULL,
    credit_code TEXT   NOT NULL,
    region      TEXT   NOT NULL,
    signed_at   BIGINT NOT NULL, -- 0 until signed
    signed_by   TEXT   NOT NULL,
    CONSTRAINT contract_parties_pk PRIMARY KEY (contract_id, side),
    CONSTRAINT contract_parties_contract_fk FOREIGN KEY (contract_id) REFERENCES contracts (id)
);

CREATE TABLE contract_components (
    contract_id    TEXT   NOT NULL,
    place          BIGINT NOT NULL, -- from 0, in the package's order
    component_kind TEXT   NOT NULL,
    achievement_id TEXT,
    title          JSONB  NOT NULL,
    owner_org      TEXT   NOT NULL,
    owner_name     JSONB  NOT NULL,
    rights         JSONB  NOT NULL,
    weight_bps     BIGINT NOT NULL CHECK (weight_bps >= 0 AND weight_bps <= 10000),
    CONSTRAINT contract_components_pk PRIMARY KEY (contract_id, place),
    CONSTRAINT contract_components_contract_fk FOREIGN KEY (contract_id) REFERENCES contracts (id)
);
CREATE INDEX contract_components_of_owner ON contract_components (owner_org, contract_id);
CREATE INDEX contract_components_of_achievement ON contract_components (achievement_id, contract_id);

CREATE TABLE movements (
    id             TEXT   NOT NULL,
    contract_id    TEXT   NOT NULL,
    type           TEXT   NOT NULL CHECK (type IN ('RECEIPT', 'REFUND')),
    receipt_id     TEXT, -- the receipt that a refund names
    moved_on       TEXT   NOT NULL,
    gross_fen      BIGINT NOT NULL CHECK (gross_fen > 0),
    vat_fen        BIGINT NOT NULL CHECK (vat_fen >= 0 AND vat_fen <= gross_fen),
    taxes_fen      BIGINT NOT NULL CHECK (taxes_fen >= 0),
    costs_fen      BIGINT NOT NULL CHECK (costs_fen >= 0),
    commission_fen BIGINT NOT NULL CHECK (commission_fen >= 0),
    bank_reference TEXT   NOT NULL,
    reason         TEXT   NOT NULL,
    file_id        TEXT,
    instalment     BIGINT NOT NULL, -- 0 when unsaid
    recorded_by    TEXT   NOT NULL,
    recorded_at    BIGINT NOT NULL,
    CONSTRAINT movements_pk PRIMARY KEY (id),
    CONSTRAINT movements_bank_reference UNIQUE (contract_id, bank_reference),
    -- So that a refund's receipt is one of the same contract.
    CONSTRAINT movements_of_contract UNIQUE (contract_id, id),
    CONSTRAINT movements_refund_names_receipt CHECK ((type = 'REFUND') = (receipt_id IS NOT NULL)),
    CONSTRAINT movements_refund_without_costs CHECK (
        type = 'RECEIPT' OR (taxes_fen = 0 AND costs_fen = 0 AND commission_fen = 0)),
    CONSTRAINT movements_contract_fk FOREIGN KEY (contract_id) REFERENCES contracts (id),
    CONSTRAINT movements_receipt_fk FOREIGN KEY (contract_id, receipt_id) REFERENCES movements (contract_id, id)
);
CREATE INDEX movements_in_order ON movements (contract_id, recorded_at, id);
CREATE INDEX movements_refunds_of_receipt ON movements (receipt_id) WHERE receipt_id IS NOT NULL;
CREATE INDEX movements_by_date ON movements (moved_on, id);
