-- Finds what a person wrote and signed, for the export and the erasure of
-- personal data.

-- +goose Up
CREATE INDEX deal_messages_by_author ON deal_messages (account_id, id);
CREATE INDEX introductions_by_author ON introductions (made_by, id);
CREATE INDEX nda_signatures_by_account ON nda_signatures (account_id);
CREATE INDEX contract_parties_by_signer ON contract_parties (signed_by) WHERE signed_by <> '';
CREATE INDEX movements_by_recorder ON movements (recorded_by);
CREATE INDEX distributions_by_approver ON distributions (approved_by) WHERE approved_by <> '';
CREATE INDEX files_by_uploader ON files (uploaded_by, id);
