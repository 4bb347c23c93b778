-- The first signature of a contract becomes a step of its history, to a state of
-- its own. The edge is needed before the machine's table is read.

-- +goose Up
INSERT INTO edges (kind, from_state, to_state, action, needs_reason, retired)
VALUES ('contract', 'proposed', 'half_signed', 'contract.sign', FALSE, FALSE);

INSERT INTO steps (kind, subject_id, seq, prev_seq, from_state, to_state, action, account_id, org_id, at, reason)
SELECT c.kind, c.id, c.step_seq + 1, c.step_seq, c.state, 'half_signed', 'contract.sign', p.signed_by, p.org_id, p.signed_at, ''
FROM contracts c JOIN contract_parties p ON p.contract_id = c.id
WHERE c.state = 'proposed' AND p.signed_at <> 0;

UPDATE contracts SET state = 'half_signed', step_seq = step_seq + 1, version = version + 1
WHERE state = 'proposed' AND EXISTS (
    SELECT 1 FROM contract_parties p WHERE p.contract_id = contracts.id AND p.signed_at <> 0);
