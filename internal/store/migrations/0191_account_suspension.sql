-- Why the platform has suspended an account; '' while it has not, and once it is erased.

-- +goose Up
ALTER TABLE accounts ADD COLUMN state_reason TEXT NOT NULL DEFAULT '';
CREATE INDEX accounts_by_state ON accounts (state, id);
-- The last time that an account signed in, among all else that it did.
CREATE INDEX audit_sign_ins ON audit (account_id, id) WHERE action = 'session.create';
