-- Finds what is past its time among notifications and records of letters.

-- +goose Up
CREATE INDEX notifications_by_time ON notifications (at);
CREATE INDEX letters_by_time ON letters (at);
