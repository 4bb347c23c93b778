-- History cannot be rewritten.

-- +goose Up
-- refuse is the body of every guard: its argument is the stable error code.
-- +goose StatementBegin
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'CQ001';
END $$;
-- +goose StatementEnd

CREATE TRIGGER steps_append_only BEFORE UPDATE OR DELETE ON steps
    FOR EACH ROW EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER steps_append_only_truncate BEFORE TRUNCATE ON steps
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER audit_append_only_truncate BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('append_only');

-- +goose StatementBegin
CREATE FUNCTION steps_refuse_retired_edge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM edges e WHERE e.kind = NEW.kind AND e.from_state = NEW.from_state
               AND e.to_state = NEW.to_state AND e.action = NEW.action AND e.retired) THEN
        RAISE EXCEPTION USING MESSAGE = 'illegal_step', ERRCODE = 'CQ001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER steps_retired_edge BEFORE INSERT ON steps
    FOR EACH ROW EXECUTE FUNCTION steps_refuse_retired_edge();
