package account_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

func (w *world) today() clock.Date { return clock.DateOf(w.clock.Now()) }

func TestACredentialsFaultsAreNamedByField(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Brokerage, "技术转移中心", "head@example.org")
		_, err := w.SubmitCredential(w.ctx, head, o.ID, account.CredentialForm{
			Kind: account.BusinessLicence, Level: account.JuniorBroker, Number: " \u200b", Issuer: strings.Repeat("局", 201),
			ValidUntil: w.today().AddDays(-1), FileID: w.file("another")})
		for path, code := range map[string]string{"level": "unknown_value", "number": "required", "issuer": "too_long",
			"valid_until": "date_past", "file_id": "file_not_attached"} {
			wantField(w.t, err, path, code)
		}
		form := w.licence(o.ID, "2026-02-30")
		form.Kind = account.BrokerCertificate
		_, err = w.SubmitCredential(w.ctx, head, o.ID, form)
		wantField(w.t, err, "level", "unknown_value")
		wantField(w.t, err, "valid_until", "wrong_format")
	})
}

func TestAVerificationLastsAsLongAsItsProof(t *testing.T) {
	forEachWorld(t, func(w *world) {
		last := w.today().AddDays(30)
		o, _ := w.verified(policy.Institute, "新疆大学", "head@example.org", last)
		if o.VerifiedUntil != last || !o.VerifiedAt.Equal(w.clock.Now()) {
			w.t.Fatalf("verified at %v until %q", o.VerifiedAt, o.VerifiedUntil)
		}
		w.clock.Advance(30 * 24 * time.Hour)
		if n, err := w.ExpireCredentials(w.ctx, 10); n != 0 || err != nil {
			w.t.Fatalf("%d expired on the last day, %v", n, err)
		}
		w.clock.Advance(24 * time.Hour)
		if n, err := w.ExpireCredentials(w.ctx, 10); n != 1 || err != nil {
			w.t.Fatalf("%d expired, %v", n, err)
		}
		head := w.as("head@example.org", o.ID)
		now, err := w.Organisation(w.ctx, head, o.ID)
		w.must(err)
		if now.Position.State != account.Lapsed || head.OrgVerified || !now.VerifiedAt.IsZero() {
			w.t.Fatalf("after the last day it is %+v", now)
		}
		_, err = w.step(head, o.ID, "submit", "")
		wantCode(w.t, err, errs.Conflict, "proof_required")
		w.prove(head)
		_, err = w.step(head, o.ID, "submit", "")
		w.must(err)
		now, err = w.step(w.verifier(), o.ID, "verify", "")
		w.must(err)
		if !now.Verified() || now.VerifiedUntil != "" {
			w.t.Errorf("renewed it is %s until %q", now.Position.State, now.VerifiedUntil)
		}
	})
}

func TestARenewalKeepsTheVerification(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.verified(policy.Institute, "新疆大学", "head@example.org", w.today().AddDays(30))
		refused, err := w.SubmitCredential(w.ctx, head, o.ID, w.licence(o.ID, w.today().AddDays(400)))
		w.must(err)
		_, err = w.StepCredential(w.ctx, w.verifier(), o.ID, refused.ID, "refuse", " ")
		wantField(w.t, err, "reason", "required")
		_, err = w.StepCredential(w.ctx, w.verifier(), o.ID, refused.ID, "refuse", "影印不清")
		w.must(err)
		renewed, err := w.SubmitCredential(w.ctx, head, o.ID, w.licence(o.ID, w.today().AddDays(400)))
		w.must(err)
		_, err = w.StepCredential(w.ctx, head, o.ID, renewed.ID, "verify", "")
		wantCode(w.t, err, errs.Forbidden, "not_allowed")
		waiting, _, err := w.WaitingCredentials(w.ctx, w.verifier(), "", 10)
		w.must(err)
		if len(waiting) != 1 || waiting[0].ID != renewed.ID || waiting[0].OrganisationName != o.Name {
			w.t.Fatalf("waiting %+v", waiting)
		}
		_, err = w.StepCredential(w.ctx, w.verifier(), o.ID, renewed.ID, "verify", "")
		w.must(err)
		w.clock.Advance(31 * 24 * time.Hour)
		_, err = w.ExpireCredentials(w.ctx, 10)
		w.must(err)
		head = w.as("head@example.org", o.ID)
		now, err := w.Organisation(w.ctx, head, o.ID)
		w.must(err)
		if !now.Verified() || now.VerifiedUntil != renewed.ValidUntil {
			w.t.Errorf("it is %s until %q", now.Position.State, now.VerifiedUntil)
		}
		_, err = w.StepCredential(w.ctx, head, o.ID, renewed.ID, "withdraw", "")
		wantCode(w.t, err, errs.Conflict, "last_proof")
		_, err = w.StepCredential(w.ctx, w.verifier(), o.ID, renewed.ID, "revoke", "伪造")
		w.must(err)
		if now, err = w.Organisation(w.ctx, head, o.ID); err != nil || now.Position.State != account.Lapsed || now.StateReason != "伪造" {
			w.t.Errorf("after its only proof was revoked it is %+v, %v", now, err)
		}
	})
}

func TestABrokersCertificateIsShownWhileItHolds(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Brokerage, "技术转移中心", "head@example.org")
		w.person("broker@example.org", "陶然")
		added, err := w.AddMember(w.ctx, head, o.ID, "broker@example.org", "", policy.Broker)
		w.must(err)
		broker := w.as("broker@example.org", o.ID)
		certificate := w.licence(o.ID, w.today().AddDays(10))
		certificate.Kind, certificate.Level = account.BrokerCertificate, account.IntermediateBroker
		c, err := w.SubmitCredential(w.ctx, broker, o.ID, certificate)
		w.must(err)
		licence := w.licence(o.ID, "")
		_, err = w.SubmitCredential(w.ctx, broker, o.ID, licence)
		wantCode(w.t, err, errs.Forbidden, "not_allowed")

		shown := func() []string {
			brokers, err := w.Brokers(w.ctx, visitor, o.ID)
			w.must(err)
			var out []string
			for _, b := range brokers {
				out = append(out, b.Name+" "+string(b.Level))
			}
			return out
		}
		if got := shown(); len(got) != 0 {
			w.t.Errorf("before the decision it shows %q", got)
		}
		_, err = w.StepCredential(w.ctx, w.verifier(), o.ID, c.ID, "verify", "")
		w.must(err)
		if got := shown(); !slices.Equal(got, []string{"陶然 intermediate"}) {
			w.t.Errorf("verified it shows %q", got)
		}
		w.must(w.RemoveMember(w.ctx, head, o.ID, added.ID))
		if got := shown(); len(got) != 0 {
			w.t.Errorf("who has left is shown: %q", got)
		}
		_, err = w.AddMember(w.ctx, head, o.ID, "broker@example.org", "", policy.Broker)
		w.must(err)
		w.clock.Advance(11 * 24 * time.Hour) // the job need not have run
		if got := shown(); len(got) != 0 {
			w.t.Errorf("what has expired is shown: %q", got)
		}
		_, err = w.Credentials(w.ctx, visitor, o.ID)
		if err == nil {
			w.t.Error("a visitor reads the credentials")
		}
	})
}

func TestAnErasureForgetsACertificate(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Brokerage, "技术转移中心", "head@example.org")
		w.person("broker@example.org", "陶然")
		_, err := w.AddMember(w.ctx, head, o.ID, "broker@example.org", "", policy.Broker)
		w.must(err)
		broker := w.as("broker@example.org", o.ID)
		form := w.licence(o.ID, "")
		form.Kind, form.Level = account.BrokerCertificate, account.SeniorManager
		_, err = w.SubmitCredential(w.ctx, broker, o.ID, form)
		w.must(err)
		export, err := w.Export(w.ctx, broker)
		w.must(err)
		if held, ok := export["certificates"].([]map[string]any); !ok || len(held) != 1 || held[0]["number"] != "6501" {
			w.t.Errorf("exported %v", export["certificates"])
		}
		_, err = w.Erase(w.ctx, broker, password)
		w.must(err)
		left, err := w.Credentials(w.ctx, head, o.ID)
		if err != nil || len(left) != 1 || left[0].Number != "" || left[0].PersonName != "" {
			w.t.Errorf("left %+v, %v", left, err)
		}
	})
}
