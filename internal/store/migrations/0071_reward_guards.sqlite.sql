-- Plans and distributions go forward, and what was computed never changes.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER plans_step_forward BEFORE UPDATE ON plans
WHEN NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state)
BEGIN SELECT RAISE(ABORT, 'illegal_step'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER distributions_step_forward BEFORE UPDATE ON distributions
WHEN NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state)
BEGIN SELECT RAISE(ABORT, 'illegal_step'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER distributions_computed BEFORE UPDATE ON distributions
WHEN NEW.id <> OLD.id OR NEW.contract_id <> OLD.contract_id OR NEW.owner_org <> OLD.owner_org
    OR NEW.plan_id <> OLD.plan_id OR NEW.seq <> OLD.seq OR NEW.movement_id <> OLD.movement_id
    OR NEW.receipt_id <> OLD.receipt_id OR NEW.moved_on <> OLD.moved_on OR NEW.type <> OLD.type
    OR NEW.amount_fen <> OLD.amount_fen OR NEW.taxes_fen <> OLD.taxes_fen
    OR NEW.costs_fen <> OLD.costs_fen OR NEW.commission_fen <> OLD.commission_fen
    OR NEW.net_fen <> OLD.net_fen OR NEW.base_fen <> OLD.base_fen OR NEW.pool_fen <> OLD.pool_fen
    OR NEW.main_fen <> OLD.main_fen OR NEW.institution_fen <> OLD.institution_fen
    OR NEW.institution_total_fen <> OLD.institution_total_fen OR NEW.prepared_by <> OLD.prepared_by
    OR NEW.computed_at <> OLD.computed_at
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER distributions_computed_delete BEFORE DELETE ON distributions
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER distribution_shares_computed BEFORE UPDATE ON distribution_shares
WHEN NEW.distribution_id <> OLD.distribution_id OR NEW.place <> OLD.place
    OR NEW.person_id <> OLD.person_id OR NEW.role <> OLD.role OR NEW.weight <> OLD.weight
    OR NEW.group_weight <> OLD.group_weight OR NEW.amount_fen <> OLD.amount_fen
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER distribution_shares_computed_delete BEFORE DELETE ON distribution_shares
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- A plan that took effect keeps its terms and its people.
-- +goose StatementBegin
CREATE TRIGGER plans_terms_kept BEFORE UPDATE ON plans
WHEN OLD.effective_at <> 0 AND (NEW.base <> OLD.base OR NEW.floor_bps <> OLD.floor_bps OR NEW.team_bps <> OLD.team_bps
    OR NEW.rule_id <> OLD.rule_id OR NEW.rule_version <> OLD.rule_version
    OR NEW.effective_at <> OLD.effective_at)
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER plan_contributors_kept BEFORE UPDATE ON plan_contributors
WHEN EXISTS (SELECT 1 FROM plans p WHERE p.id = OLD.plan_id AND p.effective_at <> 0)
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER plan_contributors_kept_delete BEFORE DELETE ON plan_contributors
WHEN EXISTS (SELECT 1 FROM plans p WHERE p.id = OLD.plan_id AND p.effective_at <> 0)
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
