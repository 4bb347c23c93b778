-- Finds what is unread without passing over what was read long ago.

-- +goose Up
CREATE INDEX notifications_unread ON notifications (account_id, id) WHERE read_at = 0;
