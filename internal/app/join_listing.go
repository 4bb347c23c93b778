package app

import (
	"context"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/httpapi"
	"chengqiao/internal/listing"
	"chengqiao/internal/notify"
	"chengqiao/internal/policy"
)

// confirmationLinks makes the links in letters about a listing's last day.
type confirmationLinks struct {
	key       listing.LetterKey
	publicURL string
}

var _ notify.Confirmations = confirmationLinks{}

func (j confirmationLinks) Link(kind, id string, confirmBy clock.Date, accountID string) string {
	return j.publicURL + "/confirm?token=" + j.key.Token(listing.Letter{
		Kind: kind, ListingID: id, ConfirmBy: confirmBy, AccountID: accountID,
	})
}

// confirmationLetters opens them for the person they were written to, who acts
// for the listing's owner with what rights they have there now.
type confirmationLetters struct{ p *platform }

var _ httpapi.ConfirmationLetters = confirmationLetters{}

func (j confirmationLetters) Open(ctx context.Context, token string) (listing.Letter, policy.Actor, error) {
	letter, err := j.p.confirmationKey.Open(token, j.p.clock.Now())
	if err != nil {
		return letter, policy.Actor{}, err
	}
	owner, err := j.ownerOf(ctx, letter)
	if err != nil {
		return letter, policy.Actor{}, err
	}
	actor, _, ok, err := j.p.accounts.Acting(ctx, letter.AccountID, owner)
	if err == nil && !ok {
		err = errs.New(errs.NotFound, "confirmation_invalid")
	}
	return letter, actor, err
}

func (j confirmationLetters) ownerOf(ctx context.Context, letter listing.Letter) (string, error) {
	if letter.Kind == "package" {
		return j.p.packages.OwnerOf(ctx, letter.ListingID)
	}
	return j.p.achievements.OwnerOf(ctx, letter.ListingID)
}
