package account_test

import (
	"testing"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

func TestWhereRegistrationIsClosedAnInvitationOpensIt(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		w.deps.Config.RegistrationClosed = true
		w.Service = w.service()

		stranger := w.Register(w.ctx, visitor, registration("stranger@example.org", "陌生人"), "192.0.2.1")
		wantCode(w.t, stranger, errs.Forbidden, "registration_closed")
		// What there is already gets the same answer as what there is not.
		known := w.Register(w.ctx, visitor, registration("head@example.org", "创始人"), "192.0.2.1")
		wantCode(w.t, known, errs.Forbidden, "registration_closed")

		_, err := w.AddMember(w.ctx, head, o.ID, "New.Officer@Example.org", "新专员", policy.Officer)
		w.must(err)
		invitation := w.lastLetter(account.LetterMemberInvited, "New.Officer@Example.org").Token
		w.must(w.Register(w.ctx, visitor, registration("new.officer@example.org", "新专员"), "192.0.2.1"))
		w.must(w.VerifyEmail(w.ctx, visitor, w.lastLetter(account.LetterVerify, "new.officer@example.org").Token, password, "192.0.2.1"))
		officer := w.signIn("new.officer@example.org").Actor
		_, err = w.Claim(w.ctx, officer, invitation)
		w.must(err)

		// The invitation has been used; it lets nobody else in.
		again := w.Register(w.ctx, visitor, registration("new.officer@example.org", "新专员"), "192.0.2.1")
		wantCode(w.t, again, errs.Forbidden, "registration_closed")
	})
}

func TestAnInvitationThatIsOverOpensNothing(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		w.deps.Config.RegistrationClosed = true
		w.Service = w.service()
		_, err := w.NamePerson(w.ctx, head, o.ID, "阿依古丽", "ayi@example.org")
		w.must(err)
		invited, err := w.AddMember(w.ctx, head, o.ID, "officer@example.org", "专员", policy.Officer)
		w.must(err)
		w.must(w.RemoveMember(w.ctx, head, o.ID, invited.ID))
		withdrawn := w.Register(w.ctx, visitor, registration("officer@example.org", "专员"), "192.0.2.1")
		wantCode(w.t, withdrawn, errs.Forbidden, "registration_closed")
		w.clock.Advance(30 * 24 * time.Hour)
		expired := w.Register(w.ctx, visitor, registration("ayi@example.org", "阿依古丽"), "192.0.2.1")
		wantCode(w.t, expired, errs.Forbidden, "registration_closed")
	})
}

func TestTheOperatorSetsTheLimits(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.person("li@example.org", "李梅")
		w.deps.Config.Guesses = account.Limit{Count: 2, Period: time.Minute}
		w.deps.Config.Letters = account.Limit{Count: 1, Period: time.Minute}
		w.Service = w.service()
		guess := func(address string) error {
			_, err := w.SignIn(w.ctx, visitor, account.Credentials{Identifier: address, Password: "wrong", Address: "192.0.2.77"})
			return err
		}
		for range 2 {
			wantCode(w.t, guess("li@example.org"), errs.Unauthenticated, "wrong_credentials")
		}
		wantCode(w.t, guess("li@example.org"), errs.RateLimited, "too_many_attempts")
		// One client has ten times as many, over all accounts together.
		for i := range 17 {
			wantCode(w.t, guess(string(rune('a'+i))+"@example.org"), errs.Unauthenticated, "wrong_credentials")
		}
		wantCode(w.t, guess("zz@example.org"), errs.RateLimited, "too_many_attempts")

		w.must(w.RequestReset(w.ctx, visitor, "li@example.org", "192.0.2.2"))
		wantCode(w.t, w.RequestReset(w.ctx, visitor, "li@example.org", "192.0.2.3"), errs.RateLimited, "too_many_attempts")
	})
}
