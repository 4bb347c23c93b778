package account_test

import (
	"testing"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/errs"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/text"
)

// foreign is what somebody registers another's address with.
func foreign(email string) account.Registration {
	r := registration(email, "Somebody Else")
	r.Password, r.Locale = "the stranger's own password", text.English
	return r
}

// registered registers and gives the letter of this registration.
func (w *world) registered(r account.Registration, client string) account.Letter {
	w.t.Helper()
	w.must(w.Register(w.ctx, visitor, r, client))
	letters := w.letters()
	last := letters[len(letters)-1]
	if last.Kind != account.LetterVerify || last.Email != r.Email || last.Name != r.Name || last.Locale != r.Locale {
		w.t.Fatalf("letter %+v of the registration of %s", last, r.Name)
	}
	return last
}

func (w *world) verify(l account.Letter, password string) error {
	return w.VerifyEmail(w.ctx, visitor, l.Token, password, "192.0.2.1")
}

// wantOwner checks that the account is its owner's: name, language, consents
// and password, and that the stranger's password opens nothing.
func (w *world) wantOwner(email string) {
	w.t.Helper()
	me, err := w.Me(w.ctx, w.signIn(email).Actor)
	w.must(err)
	if me.Name != "李梅" || me.Account.Locale != text.Chinese {
		w.t.Errorf("the account is %q in %s", me.Name, me.Account.Locale)
	}
	consents, err := w.Consents(w.ctx, w.signIn(email).Actor)
	w.must(err)
	if len(consents) != 2 {
		w.t.Errorf("consents %+v", consents)
	}
	_, err = w.SignIn(w.ctx, visitor, account.Credentials{Identifier: email, Password: foreign(email).Password})
	wantCode(w.t, err, errs.Unauthenticated, "wrong_credentials")
}

const address = "li@example.org"

func TestAnEarlierRegistrationByAStrangerHoldsNoPassword(t *testing.T) {
	forEachWorld(t, func(w *world) {
		theirs := w.registered(foreign(address), "192.0.2.9")
		own := w.registered(registration(address, "李梅"), "192.0.2.1")
		wantField(w.t, w.verify(theirs, password), "password", "password_not_registered")
		w.must(w.verify(own, password))
		w.wantOwner(address)
		wantCode(w.t, w.verify(theirs, foreign(address).Password), errs.Invalid, "token_invalid")
		w.wantOwner(address)
	})
}

func TestALaterRegistrationByAStrangerHoldsNoPassword(t *testing.T) {
	forEachWorld(t, func(w *world) {
		own := w.registered(registration(address, "李梅"), "192.0.2.1")
		theirs := w.registered(foreign(address), "192.0.2.9")
		wantField(w.t, w.verify(theirs, password), "password", "password_not_registered")
		w.must(w.verify(own, password))
		w.wantOwner(address)
	})
}

func TestWhoReadsAForeignRegistrationsLetterOpensNoAccountWithIt(t *testing.T) {
	forEachWorld(t, func(w *world) {
		theirs := w.registered(foreign(address), "192.0.2.9")
		wantField(w.t, w.verify(theirs, ""), "password", "password_not_registered")
		_, err := w.SignIn(w.ctx, visitor, account.Credentials{Identifier: address, Password: foreign(address).Password})
		wantCode(w.t, err, errs.Unauthenticated, "wrong_credentials")
		// The owner registers when the owner wants to.
		w.must(w.verify(w.registered(registration(address, "李梅"), "192.0.2.1"), password))
		w.wantOwner(address)
	})
}

func TestAskingForANewPasswordOfAnUnprovenAccountLeadsToRegistering(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.registered(foreign(address), "192.0.2.9")
		w.must(w.RequestReset(w.ctx, visitor, address, "192.0.2.1"))
		if l := w.lastLetter(account.LetterUnfinished, address); l.Token != "" {
			w.t.Errorf("the letter opens something: %+v", l)
		}
	})
}

func TestThePasswordOfARegistrationIsNotGuessed(t *testing.T) {
	forEachWorld(t, func(w *world) {
		l := w.registered(registration(address, "李梅"), "192.0.2.1")
		for range 10 {
			wantField(w.t, w.verify(l, "some other password"), "password", "password_not_registered")
		}
		wantCode(w.t, w.verify(l, password), errs.RateLimited, "too_many_attempts")
	})
}

func TestAUsedTokenKeepsNothingOfItsRegistration(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.registered(foreign(address), "192.0.2.9")
		w.must(w.verify(w.registered(registration(address, "李梅"), "192.0.2.1"), password))
		kept, err := sqldb.All(w.ctx, w.db, sqldb.Scalar[string], `SELECT registration FROM tokens`)
		w.must(err)
		if len(kept) != 2 || kept[0] != "{}" || kept[1] != "{}" {
			w.t.Errorf("tokens keep %q", kept)
		}
	})
}

func TestARegistrationMadeAnewOutlivesTheFirst(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.registered(registration(address, "李梅"), "192.0.2.1")
		w.clock.Advance(7*24*time.Hour - time.Hour)
		again := w.registered(registration(address, "李梅"), "192.0.2.1")
		w.clock.Advance(2 * time.Hour)
		_, err := w.Prune(w.ctx, 10)
		w.must(err)
		w.must(w.verify(again, password))
		w.wantOwner(address)
	})
}
