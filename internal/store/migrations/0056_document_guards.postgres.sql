-- Files are proofs: neither their rows nor the record of reading changes.

-- +goose Up
CREATE TRIGGER files_append_only BEFORE UPDATE OR DELETE ON files
    FOR EACH ROW EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER files_append_only_truncate BEFORE TRUNCATE ON files
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER file_reads_append_only BEFORE UPDATE OR DELETE ON file_reads
    FOR EACH ROW EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER file_reads_append_only_truncate BEFORE TRUNCATE ON file_reads
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('append_only');
