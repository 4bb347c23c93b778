-- Files are proofs: neither their rows nor the record of reading changes.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER files_append_only BEFORE UPDATE ON files
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER files_append_only_delete BEFORE DELETE ON files
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER file_reads_append_only BEFORE UPDATE ON file_reads
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER file_reads_append_only_delete BEFORE DELETE ON file_reads
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
