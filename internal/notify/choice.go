package notify

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"chengqiao/internal/errs"
	"chengqiao/internal/journal"
	"chengqiao/internal/link"
	"chengqiao/internal/policy"
)

// Topic is a kind of letters, which a person takes or declines as a whole.
type Topic string

// The topics.
const (
	TopicIntroductions Topic = "introductions" // asked for and answered
	TopicMessages      Topic = "messages"      // unread in a deal
	TopicProposals     Topic = "proposals"     // by a mediator
	TopicRequests      Topic = "requests"      // for documents, and for agreement to a package
	TopicContracts     Topic = "contracts"     // to be signed
	TopicRewards       Topic = "rewards"       // parts and weights to be confirmed, rewards approved and paid
	TopicListings      Topic = "listings"      // returned, published, about to expire

	// topicEssential are letters that nobody can do without: how a verification
	// ended, and what has stopped working.
	topicEssential Topic = "essential"
)

// Topics are those that can be declined, in the order in which they are offered.
var Topics = []Topic{
	TopicIntroductions, TopicMessages, TopicProposals, TopicRequests, TopicContracts, TopicRewards, TopicListings,
}

// optional: such letters can be declined.
func (t Topic) optional() bool { return slices.Contains(Topics, t) }

// Choice is whether a person gets the letters of a topic.
type Choice struct {
	Topic Topic
	On    bool
}

// accountKind names accounts in the journal.
const accountKind = "account"

// Choices are one's own, of every topic. Error: errs.Unauthenticated
// "sign_in_required".
func (s *Service) Choices(ctx context.Context, actor policy.Actor) ([]Choice, error) {
	if err := policy.Check(actor, policy.LetterChoose, policy.Facts{AccountID: actor.AccountID}).Err(); err != nil {
		return nil, err
	}
	declined, err := s.deps.Store.Declined(ctx, actor.AccountID)
	if err != nil {
		return nil, err
	}
	out := make([]Choice, len(Topics))
	for i, t := range Topics {
		out[i] = Choice{Topic: t, On: !slices.Contains(declined, t)}
	}
	return out, nil
}

// Choose takes or declines the letters of a topic. Errors:
// errs.Unauthenticated "sign_in_required"; errs.Invalid with the field "topic".
func (s *Service) Choose(ctx context.Context, actor policy.Actor, c Choice) error {
	if err := policy.Check(actor, policy.LetterChoose, policy.Facts{AccountID: actor.AccountID}).Err(); err != nil {
		return err
	}
	if !c.Topic.optional() {
		return errs.InvalidFields([]errs.Field{{Path: "topic", Code: "unknown_value"}})
	}
	return s.choose(ctx, actor, policy.LetterChoose, actor.AccountID, c)
}

// choose keeps a choice that differs from the one that stands. Of an account that
// was erased it keeps nothing: letters that were sent before still have their links.
func (s *Service) choose(ctx context.Context, actor policy.Actor, action policy.Action, accountID string, c Choice) error {
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		if known, err := s.deps.Directory.Known(ctx, accountID); err != nil || !known {
			return err
		}
		declined, err := s.declines(ctx, accountID, c.Topic)
		if err != nil || declined == !c.On {
			return err
		}
		now := s.deps.Clock.Now()
		if c.On {
			err = s.deps.Store.Accept(ctx, accountID, c.Topic)
		} else {
			err = s.deps.Store.Decline(ctx, accountID, c.Topic, now)
		}
		if err != nil {
			return err
		}
		return s.deps.Journal.Write(ctx, journal.Entry{
			Actor: actor, Action: action, Kind: accountKind, Subject: accountID, At: now,
			Detail: map[string]any{"letters": string(c.Topic), "on": c.On},
		})
	})
}

// declines tells whether an account declines the letters of a topic.
func (s *Service) declines(ctx context.Context, accountID string, t Topic) (bool, error) {
	if !t.optional() {
		return false, nil
	}
	declined, err := s.deps.Store.Declined(ctx, accountID)
	return slices.Contains(declined, t), err
}

// toUnsubscribe is the purpose of the links that end letters.
const toUnsubscribe = "unsubscribe"

// unsubscribeLinks are the page that ends a person's letters of a topic, and
// where a mail program does so by itself.
func (s *Service) unsubscribeLinks(accountID string, t Topic) (page, oneClick string) {
	query := "?token=" + url.QueryEscape(s.links.Text(toUnsubscribe, accountID+"~"+string(t), 0))
	return s.deps.PublicURL + "/unsubscribe" + query, s.deps.PublicURL + s.deps.OneClick + query
}

// Unsubscribe ends the letters of a topic by the signed link of one of them. It
// may be repeated. Error: errs.Invalid "token_invalid".
func (s *Service) Unsubscribe(ctx context.Context, actor policy.Actor, token string) (Topic, error) {
	if err := policy.Check(actor, policy.LetterUnsubscribe, policy.Facts{}).Err(); err != nil {
		return "", err
	}
	accountID, name, _ := strings.Cut(link.ID(token), "~")
	topic := Topic(name)
	if !topic.optional() || !s.links.Good(toUnsubscribe, token, 0) {
		return "", errs.New(errs.Invalid, "token_invalid")
	}
	return topic, s.choose(ctx, actor, policy.LetterUnsubscribe, accountID, Choice{Topic: topic})
}
