package deal

import (
	"context"

	"chengqiao/internal/policy"
)

// Participant is a person who has acted in a deal for one of its sides: asked
// for the introduction or answered it, wrote a message, signed the NDA.
type Participant struct {
	OrgID     string
	AccountID string
}

// maxParticipants bounds the people that a deal tells; few have ten.
const maxParticipants = 50

// Participants are the people of both sides of a deal. A closed one tells
// nobody: there is nothing left to reach them for. Error: errs.NotFound.
func (s *Service) Participants(ctx context.Context, actor policy.Actor, id string) ([]Participant, error) {
	d, err := s.readable(ctx, actor, policy.DealReadMessages, id)
	if err != nil || d.Position.State == Closed {
		return nil, err
	}
	return s.deps.Store.Participants(ctx, d, maxParticipants)
}
