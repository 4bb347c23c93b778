-- +goose Up
SELECT 1; -- SQLite begins with the matches by itself; both engines have the same versions
