-- A registration waits with the token of its own letter, not on the account:
-- several can be made for one address before its owner proves one of them, and
-- none of them is to change another's password.

-- +goose Up
ALTER TABLE tokens ADD COLUMN registration JSONB NOT NULL DEFAULT '{}'; -- {} of other purposes, and once it is used
-- Letters sent before bear no registration; who got one registers again.
DELETE FROM tokens WHERE purpose = 'verify_email';
UPDATE accounts SET password_hash = '' WHERE state = 'unconfirmed';
