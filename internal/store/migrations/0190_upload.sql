-- Bytes whose file is not kept yet, so that a program that ends before it is, or
-- a commit whose answer is lost, leaves none behind of which nobody knows.

-- +goose Up
CREATE TABLE uploads (
    blob_key TEXT    NOT NULL,
    begun_at BIGINT  NOT NULL,
    given_up BOOLEAN NOT NULL DEFAULT FALSE, -- the bytes go; no file takes them any more
    CONSTRAINT uploads_pk PRIMARY KEY (blob_key)
);
CREATE INDEX uploads_by_begin ON uploads (begun_at);
