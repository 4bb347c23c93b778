package reward

import (
	"context"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// PublicityDays is how many working days a plan is publicised before it takes
// effect: what the contributors' tax relief asks for.
const PublicityDays = 15

// Config are the rules that an operator sets.
type Config struct {
	// PublicityDays in working days; 0 lets a plan take effect on the day of
	// its notice, which is for demonstrations alone (see PublicityDays).
	PublicityDays int
	// HomeRegion is the GB/T 2260 code whose law holds for an owner that says
	// no place of its own.
	HomeRegion string
}

// Deps are what the service works with.
type Deps struct {
	Tx            journal.Transactor
	Store         Store
	Journal       journal.Journal
	History       History
	Contracts     Contracts
	Achievements  Achievements
	Persons       Persons
	Organisations Organisations
	Files         Files
	Rulebook      *Rulebook
	Calendar      *clock.Calendar
	Clock         clock.Clock
	Config        Config
}

// Service is the use cases of plans and distributions. Every error is an
// *errs.Error; what an actor may not know of is errs.NotFound.
type Service struct{ deps Deps }

// NewService makes the service.
func NewService(deps Deps) *Service { return &Service{deps: deps} }

// place is where the law of an owner is sought.
func (s *Service) place(ctx context.Context, org string) (string, error) {
	if org == "" {
		return s.deps.Config.HomeRegion, nil
	}
	region, err := s.deps.Organisations.Region(ctx, org)
	if err != nil {
		return "", err
	}
	if region == "" {
		return s.deps.Config.HomeRegion, nil
	}
	return region, nil
}

func (s *Service) today() clock.Date { return clock.DateOf(s.deps.Clock.Now()) }

// writePlan journals a change of a plan; step is nil where none was taken.
func (s *Service) writePlan(ctx context.Context, actor policy.Actor, action policy.Action, p Plan, step *lifecycle.Step, name event.Name, detail map[string]any) error {
	return s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: action, Kind: PlanKind, Subject: p.ID, Version: p.Version,
		At: s.deps.Clock.Now(), Step: step, Detail: detail,
		Events: []event.Event{{Name: name, Data: map[string]any{
			"contract_id": p.ContractID, "owner_org": p.OwnerOrg, "number": p.Number, "state": string(p.Position.State),
		}}},
	})
}

// writeDistribution journals a change of a distribution.
func (s *Service) writeDistribution(ctx context.Context, actor policy.Actor, action policy.Action, d Distribution, step *lifecycle.Step, name event.Name, detail map[string]any) error {
	entry := journal.Entry{
		Actor: actor, Action: action, Kind: DistributionKind, Subject: d.ID, Version: d.Version,
		At: s.deps.Clock.Now(), Step: step, Detail: detail,
	}
	if name != "" {
		entry.Events = []event.Event{{Name: name, Data: map[string]any{
			"contract_id": d.ContractID, "owner_org": d.OwnerOrg, "plan_id": d.PlanID, "movement_id": d.MovementID,
			"state": string(d.Position.State), "pool_fen": d.Effect.Pool,
		}}}
	}
	return s.deps.Journal.Write(ctx, entry)
}

// attached refuses a record that is not a file of the plan or distribution
// that it is to prove; "" is none.
func (s *Service) attached(ctx context.Context, kind, subject, fileID string) error {
	if fileID == "" {
		return nil
	}
	own, err := s.deps.Files.Attached(ctx, kind, subject, []string{fileID})
	if err == nil && !own[fileID] {
		err = errs.InvalidFields([]errs.Field{{Path: "file_id", Code: "file_not_attached"}})
	}
	return err
}

// names reads the names of persons; none for nobody.
func (s *Service) names(ctx context.Context, persons []string) (map[string]string, error) {
	if len(persons) == 0 {
		return map[string]string{}, nil
	}
	return s.deps.Persons.Names(ctx, persons)
}

// unknownAction refuses a verb that no step has.
func unknownAction() error {
	return errs.InvalidFields([]errs.Field{{Path: "action", Code: "unknown_value"}})
}
