-- Finds the plans of an owner that wait for a decision.

-- +goose Up
CREATE INDEX plans_of_owner_by_state ON plans (owner_org, state, created_at);
