-- Whose turn it is is asked by address: what waits for one that takes nothing is
-- not gone through for the others, however much it is.

-- +goose Up
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (endpoint_id, due_at, id) WHERE state = 'pending';
DROP INDEX webhook_deliveries_due;
