package notify

import (
	"context"
	"slices"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/policy"
)

// messagesUnread is the template of the letter that tells of unread messages.
const messagesUnread = "messages_unread"

// dealKind names deals in events.
const dealKind = "deal"

const (
	// longestQuiet is how many times the quiet a letter waits at most while a
	// talk goes on.
	longestQuiet = 6
	// worthALetter is how old a message may be of which a letter still tells: a
	// program that was away does not write of last month.
	worthALetter = 7 * 24 * time.Hour
)

// gatheredRule is by whom and as what unread messages are read by letter.
var gatheredRule = rule{code: messagesUnread, roles: negotiators, letter: TopicMessages}

// ReadTalk keeps that the person has read the messages of a deal up to one, so
// that no letter tells of them, and marks the notifications of them as read.
// Errors: errs.Unauthenticated "sign_in_required"; errs.NotFound where the
// acting organisation is no party; errs.Invalid with the field "up_to".
func (s *Service) ReadTalk(ctx context.Context, actor policy.Actor, dealID, upTo string) error {
	if err := policy.Check(actor, policy.NotificationRead, policy.Facts{AccountID: actor.AccountID}).Err(); err != nil {
		return err
	}
	if !ident.IsID(upTo) {
		return errs.InvalidFields([]errs.Field{{Path: "up_to", Code: "wrong_format"}})
	}
	c, err := s.deps.Subjects.Concerned(ctx, dealKind, dealID)
	if err != nil {
		return err
	}
	if err := policy.Check(actor, policy.DealReadMessages, policy.Facts{Parties: c.Parties}).Err(); err != nil {
		return err
	}
	return s.deps.Store.ReadTalk(ctx, actor.AccountID, dealID, upTo, s.deps.Clock.Now())
}

// GatherDue asks for the letters of up to limit talks in which messages have
// been unread for a while, one letter for each talk and reader, and says how
// many it asked for. Of replicas that do so at once, one does.
func (s *Service) GatherDue(ctx context.Context, limit int) (int, error) {
	now := s.deps.Clock.Now()
	due, err := s.deps.Store.DueTalks(ctx, now.Add(-worthALetter), now.Add(-s.deps.Quiet), now.Add(-longestQuiet*s.deps.Quiet), limit)
	if err != nil {
		return 0, err
	}
	asked := 0
	for _, talk := range due {
		claimed, err := s.gather(ctx, talk, now)
		if err != nil {
			return asked, err
		}
		if claimed {
			asked++
		}
	}
	return asked, nil
}

func (s *Service) gather(ctx context.Context, talk Talk, now time.Time) (claimed bool, err error) {
	letter := ident.NewID()
	err = s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		n, err := s.deps.Store.ClaimTalk(ctx, talk, letter)
		claimed = n > 0
		if err != nil || !claimed {
			return err // read, or claimed by another replica, meanwhile
		}
		return s.deps.Journal.Write(ctx, journal.Entry{
			Actor: policy.SystemActor(), Action: policy.LetterGather, Kind: dealKind, Subject: talk.DealID, At: now,
			Events: []event.Event{{ID: letter, Name: event.MessagesGathered, Data: map[string]any{
				"account_id": talk.AccountID, "org_id": talk.OrgID,
			}}},
			Detail: map[string]any{"account_id": talk.AccountID},
		})
	})
	return claimed, err
}

// mailGathered writes the letter of a gathering, to who still may read the talk
// and has not read it since.
func (s *Service) mailGathered(ctx context.Context, ev event.Event) error {
	written, err := s.deps.Store.Written(ctx, ev.ID)
	if err != nil || len(written) > 0 {
		return err
	}
	talk := Talk{DealID: ev.Subject}
	talk.AccountID, _ = ev.Data["account_id"].(string)
	talk.OrgID, _ = ev.Data["org_id"].(string)
	unread, err := s.deps.Store.Unread(ctx, talk, ev.ID)
	if err != nil || unread == 0 {
		return err
	}
	c, err := s.deps.Subjects.Concerned(ctx, ev.Kind, ev.Subject)
	if err != nil {
		if errs.KindOf(err) == errs.NotFound {
			return nil
		}
		return err
	}
	members, err := s.deps.Directory.Members(ctx, talk.OrgID, gatheredRule.roles, maxRecipients)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(members, func(m Recipient) bool { return m.AccountID == talk.AccountID })
	if i < 0 {
		return nil // left the organisation, or its talks, since
	}
	people, err := s.wanting(ctx, ev, c, []told{{Recipient: members[i], orgID: talk.OrgID, rule: gatheredRule}})
	if err != nil || len(people) == 0 {
		return err
	}
	values, err := s.values(ctx, ev, c, people[0])
	if err != nil {
		return err
	}
	values.Count = unread
	return s.send(ctx, ev.ID, people[0], values)
}
