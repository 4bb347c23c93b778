-- Finds the open invitations to an address: where nobody can register by
-- themselves, those who are invited can.

-- +goose Up
ALTER TABLE invitations ADD COLUMN folded TEXT NOT NULL DEFAULT ''; -- '' once it ended
UPDATE invitations SET folded = lower(email);
CREATE INDEX invitations_to_address ON invitations (folded, expires_at) WHERE ended_at = 0;
