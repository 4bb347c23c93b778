package account

import (
	"context"
	"maps"
	"slices"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// Consents are one's own decisions that stand, the last of each purpose.
func (s *Service) Consents(ctx context.Context, actor policy.Actor) ([]Consent, error) {
	if err := s.own(actor, policy.AccountRead); err != nil {
		return nil, err
	}
	all, err := s.deps.Store.Consents(ctx, actor.AccountID)
	if err != nil {
		return nil, err
	}
	var standing []Consent
	for _, p := range consentPurposes {
		for _, c := range slices.Backward(all) {
			if c.Purpose == p {
				standing = append(standing, c)
				break
			}
		}
	}
	return standing, nil
}

// SetConsent records a decision. Errors: errs.Invalid "invalid_fields", with
// "consent_needed_for_account" for taking back what an account cannot be
// without.
func (s *Service) SetConsent(ctx context.Context, actor policy.Actor, c Consent) (Consent, error) {
	if err := s.own(actor, policy.AccountEdit); err != nil {
		return Consent{}, err
	}
	faults := checkConsent("", c)
	if !c.Given && slices.Contains(requiredConsents, c.Purpose) {
		faults = append(faults, errs.Field{Path: "given", Code: "consent_needed_for_account"})
	}
	if err := errs.InvalidFields(faults); err != nil {
		return Consent{}, err
	}
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.keepConsents(ctx, actor.AccountID, []Consent{c}, s.deps.Clock.Now()); err != nil {
			return err
		}
		return s.write(ctx, actor, policy.AccountEdit, Kind, actor.AccountID, 0,
			map[string]any{"consent": string(c.Purpose), "version": c.Version, "given": c.Given})
	})
	c.AccountID, c.At = actor.AccountID, s.deps.Clock.Now()
	return c, err
}

// keepConsents keeps decisions that were made at an instant.
func (s *Service) keepConsents(ctx context.Context, account string, consents []Consent, at time.Time) error {
	for _, c := range consents {
		c.ID, c.AccountID, c.At = ident.NewID(), account, at
		if err := s.deps.Store.InsertConsent(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// Export is all personal data held about oneself, by section (PIPL art. 45).
func (s *Service) Export(ctx context.Context, actor policy.Actor) (map[string]any, error) {
	if err := s.own(actor, policy.AccountExport); err != nil {
		return nil, err
	}
	me, err := s.Me(ctx, actor)
	if err != nil {
		return nil, err
	}
	entries, err := s.deps.Store.EntriesOf(ctx, actor.AccountID)
	if err != nil {
		return nil, err
	}
	consents, err := s.deps.Store.Consents(ctx, actor.AccountID)
	if err != nil {
		return nil, err
	}
	sessions, err := s.deps.Store.Sessions(ctx, actor.AccountID, s.deps.Clock.Now())
	if err != nil {
		return nil, err
	}
	certificates, err := s.certificatesOf(ctx, entries)
	if err != nil {
		return nil, err
	}
	out := map[string]any{
		"certificates":  certificates,
		"account":       map[string]any{"id": me.Account.ID, "created_at": stamp(me.Account.CreatedAt), "locale": me.Account.Locale},
		"identifiers":   []map[string]any{{"kind": string(Email), "value": me.Email, "verified": me.EmailVerified}},
		"persons":       exported(entries, exportPerson),
		"organisations": exported(me.Memberships, exportMembership),
		"consents":      exported(consents, exportConsent),
		"sessions":      exported(sessions, exportSession),
	}
	persons := personIDs(entries)
	for name, records := range s.deps.Records {
		if out[name], err = records.Export(ctx, actor.AccountID, persons); err != nil {
			return nil, err
		}
	}
	return out, s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		return s.write(ctx, actor, policy.AccountExport, Kind, actor.AccountID, me.Account.Version, nil)
	})
}

func exported[T any](items []T, convert func(T) map[string]any) []map[string]any {
	out := make([]map[string]any, 0, len(items))
	for _, i := range items {
		out = append(out, convert(i))
	}
	return out
}

func exportPerson(p Person) map[string]any {
	return map[string]any{"id": p.ID, "name": p.Name, "named_by_organisation": p.NamedBy, "created_at": stamp(p.CreatedAt)}
}

func exportMembership(m Membership) map[string]any {
	return map[string]any{"organisation_id": m.OrgID, "name": m.Name, "roles": m.Roles}
}

func exportConsent(c Consent) map[string]any {
	return map[string]any{"purpose": string(c.Purpose), "version": c.Version, "given": c.Given, "at": stamp(c.At)}
}

// certificatesOf are the brokers' certificates of one's entries.
func (s *Service) certificatesOf(ctx context.Context, entries []Person) ([]map[string]any, error) {
	out := []map[string]any{}
	for _, p := range entries {
		found, err := s.deps.Store.Credentials(ctx, CredentialFilter{PersonID: p.ID, Limit: maxCredentials})
		if err != nil {
			return nil, err
		}
		out = append(out, exported(found, exportCredential)...)
	}
	return out, nil
}

func exportCredential(c Credential) map[string]any {
	return map[string]any{"organisation_id": c.OrgID, "level": string(c.Level), "number": c.Number, "issuer": c.Issuer,
		"valid_until": string(c.ValidUntil), "state": string(c.Position.State), "submitted_at": stamp(c.SubmittedAt)}
}

func exportSession(s Session) map[string]any {
	return map[string]any{"created_at": stamp(s.CreatedAt), "last_seen_at": stamp(s.LastSeenAt), "user_agent": s.UserAgent, "address": s.Address}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func personIDs(persons []Person) []string {
	out := make([]string, len(persons))
	for i, p := range persons {
		out[i] = p.ID
	}
	return out
}

// Erasure says what was erased, and what is kept on which ground.
type Erasure struct {
	Erased []string // stable codes of sections
	Kept   []Kept
}

// consentProof is what of an account the law makes the platform able to show:
// that it had the consent it acted on (PIPL arts. 14 and 69).
var consentProof = Kept{What: "consents", Ground: "proof_of_consent"}

// Erase ends the account and erases one's personal data (PIPL art. 47): sign-in
// identifiers, password, sessions, memberships, and the names of all one's
// entries, unless a record that the law makes somebody keep stands on the name;
// then the names stay with it, and nothing else does. What refers to the
// person by id stays, and shows an erased person.
//
// Errors: errs.Invalid "invalid_fields" with "password_wrong"; errs.Conflict
// "last_decider" with the organisations that would have nobody to decide.
func (s *Service) Erase(ctx context.Context, actor policy.Actor, password string) (Erasure, error) {
	if err := s.own(actor, policy.AccountErase); err != nil {
		return Erasure{}, err
	}
	proven, err := s.provePassword(ctx, actor, "password", password)
	if err != nil {
		return Erasure{}, err
	}
	var result Erasure
	err = s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.stillProven(ctx, actor, "password", proven); err != nil {
			return err
		}
		if err := s.mustNotLeaveAlone(ctx, actor.AccountID); err != nil {
			return err
		}
		result, err = s.erase(ctx, actor, actor.AccountID)
		return err
	})
	return result, err
}

// EraseSuspended is Erase for the operator at the machine, of a suspended
// account whose person has asked for it: who cannot sign in can still demand it.
// That nobody would be left to decide for an organisation is no ground to refuse,
// for the person can hand nothing over. Errors: errs.Forbidden for anyone but
// the program itself; errs.NotFound; errs.Conflict "account_not_suspended".
func (s *Service) EraseSuspended(ctx context.Context, actor policy.Actor, id string) (Erasure, error) {
	if !actor.System {
		return Erasure{}, errs.Newp(errs.Forbidden, "not_allowed", errs.Params{"reason": "role_missing"})
	}
	var result Erasure
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		a, err := s.deps.Store.Account(ctx, id)
		if err != nil {
			return err
		}
		if a.Position.State != Suspended {
			return errs.New(errs.Conflict, "account_not_suspended")
		}
		result, err = s.erase(ctx, actor, id)
		return err
	})
	return result, err
}

// erase ends an account and erases what the law lets go, inside the caller's
// transaction.
func (s *Service) erase(ctx context.Context, actor policy.Actor, account string) (Erasure, error) {
	entries, err := s.deps.Store.EntriesOf(ctx, account)
	if err != nil {
		return Erasure{}, err
	}
	result := Erasure{Erased: []string{"identifiers", "password", "sessions", "memberships"}, Kept: []Kept{consentProof}}
	for _, section := range slices.Sorted(maps.Keys(s.deps.Records)) {
		kept, err := s.deps.Records[section].Keeps(ctx, account, personIDs(entries))
		if err != nil {
			return Erasure{}, err
		}
		result.Kept = append(result.Kept, kept...)
	}
	namesKept := slices.ContainsFunc(result.Kept, func(k Kept) bool { return k.Named })
	if !namesKept {
		result.Erased = append(result.Erased, "persons")
	}
	if err := s.forgetAnswers(ctx, account, entries); err != nil {
		return Erasure{}, err
	}
	if err := s.erasePersons(ctx, entries, namesKept); err != nil {
		return Erasure{}, err
	}
	return result, s.eraseAccount(ctx, actor, account)
}

// forgetAnswers drops what is kept for repeated requests and tells of the
// person: by an entry, or by an address that somebody invited.
func (s *Service) forgetAnswers(ctx context.Context, account string, entries []Person) error {
	words := personIDs(entries)
	identifiers, err := s.deps.Store.Identifiers(ctx, account)
	if err != nil {
		return err
	}
	for _, i := range identifiers {
		words = append(words, i.Value)
	}
	return s.deps.Store.ForgetAnswers(ctx, account, words)
}

func (s *Service) erasePersons(ctx context.Context, entries []Person, namesKept bool) error {
	now := s.deps.Clock.Now()
	for _, p := range entries {
		if err := s.deps.Store.EndInvitationsTo(ctx, p.ID, now); err != nil {
			return err
		}
		if err := s.deps.Store.EraseCredentials(ctx, p.ID); err != nil {
			return err
		}
		if namesKept {
			continue
		}
		p.Name, p.ErasedAt = "", now
		if err := s.deps.Store.SavePerson(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) eraseAccount(ctx context.Context, actor policy.Actor, id string) error {
	a, err := s.deps.Store.Account(ctx, id)
	if err != nil {
		return err
	}
	step, err := Machine.Step(a.ID, a.Position, string(policy.AccountErase), "")
	if err != nil {
		return err
	}
	if err := s.eraseTraces(ctx, a.ID); err != nil {
		return err
	}
	if err := s.endSessions(ctx, a.ID, ""); err != nil {
		return err
	}
	// Ended sessions too: they hold addresses.
	if err := s.deps.Store.DeleteSessions(ctx, a.ID); err != nil {
		return err
	}
	if err := s.deps.Store.DeleteMemberships(ctx, a.ID); err != nil {
		return err
	}
	for _, belongings := range s.deps.Belongings {
		if err := belongings.Forget(ctx, a.ID); err != nil {
			return err
		}
	}
	if err := s.endInvitationsOf(ctx, a.ID); err != nil {
		return err
	}
	if err := s.deps.Store.DeleteIdentifiers(ctx, a.ID); err != nil {
		return err
	}
	for _, p := range []Purpose{ForVerification, ForReset} {
		if err := s.deps.Store.WithdrawTokens(ctx, a.ID, p, s.deps.Clock.Now()); err != nil {
			return err
		}
	}
	a.PasswordHash, a.StateReason = "", ""
	a.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
	a.Version++
	if err := s.deps.Store.SaveAccount(ctx, a); err != nil {
		return err
	}
	return s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: policy.AccountErase, Kind: Kind, Subject: a.ID, Version: a.Version,
		At: s.deps.Clock.Now(), Step: &step,
	})
}

// endInvitationsOf forgets the proven addresses of an account where others have
// invited them. One that is not proven may be a stranger's, whose invitations
// stay.
func (s *Service) endInvitationsOf(ctx context.Context, account string) error {
	identifiers, err := s.deps.Store.Identifiers(ctx, account)
	if err != nil {
		return err
	}
	for _, i := range identifiers {
		if i.VerifiedAt.IsZero() {
			continue
		}
		if err := s.deps.Store.EndInvitationsAt(ctx, i.Folded, s.deps.Clock.Now()); err != nil {
			return err
		}
	}
	return nil
}

// eraseTraces asks the other packages to forget what goes with the account,
// while its addresses are still known. What is no row is gone even if the
// erasure fails afterwards; it is then asked for again.
func (s *Service) eraseTraces(ctx context.Context, account string) error {
	identifiers, err := s.deps.Store.Identifiers(ctx, account)
	if err != nil {
		return err
	}
	addresses := make([]string, 0, len(identifiers))
	for _, i := range identifiers {
		addresses = append(addresses, i.Value)
	}
	for _, t := range s.deps.Traces {
		if err := t.Erase(ctx, account, addresses); err != nil {
			return err
		}
	}
	return nil
}

// mustNotLeaveAlone refuses when an organisation with other members would have
// nobody left who decides for it.
func (s *Service) mustNotLeaveAlone(ctx context.Context, account string) error {
	memberships, err := s.deps.Store.Memberships(ctx, account)
	if err != nil {
		return err
	}
	var orphaned []string
	for _, m := range memberships {
		deciding := policy.DecidingRole(m.Kind)
		if !slices.Contains(m.Roles, deciding) {
			continue
		}
		others, err := s.othersWith(ctx, m.OrgID, deciding, account)
		if err != nil {
			return err
		}
		all, err := s.deps.Store.AccountsOf(ctx, m.OrgID)
		if err != nil {
			return err
		}
		if len(others) == 0 && len(all) > 1 {
			orphaned = append(orphaned, m.OrgID)
		}
	}
	if len(orphaned) > 0 {
		return errs.Newp(errs.Conflict, "last_decider", errs.Params{"organisations": orphaned})
	}
	return nil
}
