-- Plans and distributions go forward, and what was computed never changes.

-- +goose Up
CREATE TRIGGER plans_step_forward BEFORE UPDATE ON plans FOR EACH ROW
    WHEN (NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state))
    EXECUTE FUNCTION refuse('illegal_step');
CREATE TRIGGER distributions_step_forward BEFORE UPDATE ON distributions FOR EACH ROW
    WHEN (NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state))
    EXECUTE FUNCTION refuse('illegal_step');
CREATE TRIGGER distributions_computed BEFORE UPDATE ON distributions FOR EACH ROW
    WHEN (NEW.id <> OLD.id OR NEW.contract_id <> OLD.contract_id OR NEW.owner_org <> OLD.owner_org
        OR NEW.plan_id <> OLD.plan_id OR NEW.seq <> OLD.seq OR NEW.movement_id <> OLD.movement_id
        OR NEW.receipt_id <> OLD.receipt_id OR NEW.moved_on <> OLD.moved_on OR NEW.type <> OLD.type
        OR NEW.amount_fen <> OLD.amount_fen OR NEW.taxes_fen <> OLD.taxes_fen
        OR NEW.costs_fen <> OLD.costs_fen OR NEW.commission_fen <> OLD.commission_fen
        OR NEW.net_fen <> OLD.net_fen OR NEW.base_fen <> OLD.base_fen OR NEW.pool_fen <> OLD.pool_fen
        OR NEW.main_fen <> OLD.main_fen OR NEW.institution_fen <> OLD.institution_fen
        OR NEW.institution_total_fen <> OLD.institution_total_fen OR NEW.prepared_by <> OLD.prepared_by
        OR NEW.computed_at <> OLD.computed_at)
    EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER distributions_computed_delete BEFORE DELETE ON distributions FOR EACH ROW
    EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER distribution_shares_computed BEFORE UPDATE ON distribution_shares FOR EACH ROW
    WHEN (NEW.distribution_id <> OLD.distribution_id OR NEW.place <> OLD.place
        OR NEW.person_id <> OLD.person_id OR NEW.role <> OLD.role OR NEW.weight <> OLD.weight
        OR NEW.group_weight <> OLD.group_weight OR NEW.amount_fen <> OLD.amount_fen)
    EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER distribution_shares_computed_delete BEFORE DELETE ON distribution_shares FOR EACH ROW
    EXECUTE FUNCTION refuse('append_only');
-- A plan that took effect keeps its terms and its people.
CREATE TRIGGER plans_terms_kept BEFORE UPDATE ON plans FOR EACH ROW
    WHEN (OLD.effective_at <> 0 AND (NEW.base <> OLD.base OR NEW.floor_bps <> OLD.floor_bps OR NEW.team_bps <> OLD.team_bps
        OR NEW.rule_id <> OLD.rule_id OR NEW.rule_version <> OLD.rule_version
        OR NEW.effective_at <> OLD.effective_at))
    EXECUTE FUNCTION refuse('append_only');
-- +goose StatementBegin
CREATE FUNCTION plan_contributors_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM plans p WHERE p.id = OLD.plan_id AND p.effective_at <> 0) THEN
        RAISE EXCEPTION USING MESSAGE = 'append_only', ERRCODE = 'CQ001';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER plan_contributors_kept BEFORE UPDATE OR DELETE ON plan_contributors FOR EACH ROW
    EXECUTE FUNCTION plan_contributors_refuse_change();
