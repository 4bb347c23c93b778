package listing

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

// Confirm reconfirms a published or expired listing as it is now. Errors:
// errs.NotFound; errs.Conflict "illegal_step"; those of policy.
func (s *Service[C]) Confirm(ctx context.Context, actor policy.Actor, id string) (Head, error) {
	return s.confirm(ctx, actor, id, func(Record) error { return nil })
}

// ConfirmOnce is Confirm by a letter about one last day: it works once.
// Errors, beside those of Confirm: errs.Conflict "confirmation_used" when the
// listing was confirmed or published anew since.
func (s *Service[C]) ConfirmOnce(ctx context.Context, actor policy.Actor, id string, confirmBy clock.Date) (Head, error) {
	return s.confirm(ctx, actor, id, func(r Record) error { return outdated(r, confirmBy) })
}

// ToConfirm is what a letter asks its reader to confirm. Errors: those of
// ConfirmOnce.
func (s *Service[C]) ToConfirm(ctx context.Context, actor policy.Actor, id string, confirmBy clock.Date) (Head, error) {
	record, err := s.load(ctx, actor, id, Reconfirm)
	if err != nil {
		return Head{}, err
	}
	if err := outdated(record, confirmBy); err != nil {
		return Head{}, err
	}
	return headOf(s.rules, actor, record, false, s.own(record)), nil
}

func outdated(r Record, confirmBy clock.Date) error {
	if r.ConfirmBy != confirmBy {
		return errs.New(errs.Conflict, "confirmation_used")
	}
	return nil
}

func (s *Service[C]) confirm(ctx context.Context, actor policy.Actor, id string, holds func(Record) error) (Head, error) {
	var record Record
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if record, err = s.load(ctx, actor, id, Reconfirm); err != nil {
			return err
		}
		if err := holds(record); err != nil {
			return err
		}
		return s.live(ctx, actor, &record, StepRequest{Action: Reconfirm})
	})
	if err != nil {
		return Head{}, err
	}
	return headOf(s.rules, actor, record, true, s.own(record)), nil
}

// letterDays is for how many days after a listing's last day a letter still
// confirms it: what is to come back later is looked at again by its owner.
const letterDays = 60

// Letter is a letter that asks one account to confirm one listing. Its link
// carries it whole under a MAC, so that nothing of it is stored.
type Letter struct {
	Kind, ListingID string
	ConfirmBy       clock.Date
	AccountID       string
}

// LetterKey signs and reads the links of letters.
type LetterKey []byte

// letterFields are those of a token: kind, listing, last day, account.
const letterFields = 4

// Token is the text that stands in the letter's link.
func (k LetterKey) Token(l Letter) string {
	text := strings.Join([]string{l.Kind, l.ListingID, string(l.ConfirmBy), l.AccountID}, "|")
	return base64.RawURLEncoding.EncodeToString([]byte(text)) + "." + base64.RawURLEncoding.EncodeToString(k.mac(text))
}

// Open reads a token. Error: errs.NotFound "confirmation_invalid" for one that
// was not made by this key, or has ended.
func (k LetterKey) Open(token string, now time.Time) (Letter, error) {
	invalid := errs.New(errs.NotFound, "confirmation_invalid")
	body, sum, _ := strings.Cut(strings.TrimSpace(token), ".")
	text, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		return Letter{}, invalid
	}
	got, err := base64.RawURLEncoding.DecodeString(sum)
	if err != nil || !hmac.Equal(got, k.mac(string(text))) {
		return Letter{}, invalid
	}
	parts := strings.Split(string(text), "|")
	if len(parts) != letterFields {
		return Letter{}, invalid
	}
	l := Letter{Kind: parts[0], ListingID: parts[1], ConfirmBy: clock.Date(parts[2]), AccountID: parts[3]}
	if clock.DateOf(now) > l.ConfirmBy.AddDays(letterDays) {
		return Letter{}, invalid
	}
	return l, nil
}

func (k LetterKey) mac(text string) []byte {
	h := hmac.New(sha256.New, k)
	h.Write([]byte("chengqiao/confirm-listing/" + text))
	return h.Sum(nil)
}
