package document

import (
	"context"
	"slices"
	"strings"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// RequestKind is the kind of requests for documents in journal and history.
const RequestKind = "file_request"

// The states of a request. A grant ends on its last day without a step.
const (
	Asked     lifecycle.State = "asked"
	Granted   lifecycle.State = "granted"
	Declined  lifecycle.State = "declined"
	Withdrawn lifecycle.State = "withdrawn"
	Revoked   lifecycle.State = "revoked"
)

// RequestMachine holds the legal steps of a request.
var RequestMachine = lifecycle.Machine{Kind: RequestKind, Edges: []lifecycle.Edge{
	{From: lifecycle.New, To: Asked, Action: string(policy.FileRequestAsk)},
	{From: Asked, To: Granted, Action: string(policy.FileRequestGrant)},
	{From: Asked, To: Declined, Action: string(policy.FileRequestDecline), NeedsReason: true},
	{From: Asked, To: Withdrawn, Action: string(policy.FileRequestWithdraw)},
	{From: Granted, To: Revoked, Action: string(policy.FileRequestRevoke)},
}}

// MaxReason is the length of a reason or an answer, in characters; MaxGrantDays
// how far ahead a grant may end: longer disclosure is for a contract to say.
const (
	MaxReason    = 1000
	MaxGrantDays = 366
)

// Request is one organisation's wish to read one document of another.
type Request struct {
	ID         string
	Position   lifecycle.Position
	Version    int64
	DocumentID string
	// FromNumber is the version that was current when it was asked for: a
	// grant opens it and those after it.
	FromNumber             int64
	SubjectKind, SubjectID string
	OwnerOrg, AskerOrg     string
	// Name is the document's last version's; ToldName the name as far as who
	// asked knows it: from the tier when it was asked, or from the grant.
	Name, ToldName string
	// AskedBy is an account.
	AskedBy string
	AskedAt time.Time
	Reason  string
	// WantsOriginal: without a watermark.
	WantsOriginal bool
	// DecidedBy is the account that answered last; empty while it waits.
	DecidedBy string
	DecidedAt time.Time
	// Until is the last day of a grant, in Shanghai.
	Until clock.Date
	// Original: the grant gives the file as it is.
	Original bool
	// Answer is the owner's word with the last step.
	Answer string
}

// Facts are what policy has to know of it: the document's side owns it, who
// asked is the counterparty.
func (r Request) Facts() policy.Facts {
	return policy.Facts{OwnerOrg: r.OwnerOrg, Counterparty: r.AskerOrg, Parties: []string{r.OwnerOrg, r.AskerOrg}}
}

// Box chooses a side of an organisation's requests.
type Box string

// The boxes; AnyBox is both.
const (
	AnyBox   Box = ""
	Received Box = "received"
	Sent     Box = "sent"
)

// RequestView is a request as one reader may see it.
type RequestView struct {
	// Request has the Name that the reader may know, and is without who
	// decided where others did.
	Request
	// InForce: granted, and not ended.
	InForce bool
	// Actions are the verbs of the steps that the reader may take now.
	Actions []string
}

// Ask asks the owner of a document for access. Errors: errs.NotFound for what
// the actor does not know of; errs.Forbidden; errs.Invalid for the reason;
// errs.Conflict "file_already_open" for what can be read as it is already,
// "request_exists".
func (s *Service) Ask(ctx context.Context, actor policy.Actor, fileID, reason string, original bool) (RequestView, error) {
	var made RequestView
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		f, err := s.deps.Store.File(ctx, fileID)
		if err != nil {
			return err
		}
		subject, open, err := s.weigh(ctx, actor, f)
		if err != nil {
			return err
		}
		if open.current.ID == "" || !subject.Marked {
			return errs.New(errs.NotFound, "not_found")
		}
		if err := policy.Check(actor, policy.FileRequestAsk, subject.Facts).Err(); err != nil {
			return err
		}
		if err := checkWords("reason", reason, true); err != nil {
			return err
		}
		if open.original || len(open.versions) > 0 && !original {
			return errs.New(errs.Conflict, "file_already_open")
		}
		r := Request{
			ID: ident.NewID(), Version: 1, DocumentID: f.DocumentID, FromNumber: open.current.Number,
			SubjectKind: f.SubjectKind, SubjectID: f.SubjectID, OwnerOrg: subject.Facts.OwnerOrg, AskerOrg: actor.OrgID,
			ToldName: open.view(actor, subject, nil).Name, AskedBy: actor.AccountID, AskedAt: s.deps.Clock.Now(), Reason: reason, WantsOriginal: original,
		}
		step, err := RequestMachine.Step(r.ID, r.Position, string(policy.FileRequestAsk), "")
		if err != nil {
			return err
		}
		r.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
		if err := s.deps.Store.InsertRequest(ctx, r); err != nil {
			return err
		}
		made = s.viewRequest(actor, r)
		return s.writeRequest(ctx, actor, r, step, event.FileRequested)
	})
	return made, err
}

// Decision is what is done with a request.
type Decision struct {
	// Action is a verb: grant, decline, withdraw, revoke.
	Action string
	// Until is the last day of a grant; today or later, within MaxGrantDays.
	Until clock.Date
	// Original gives the file without a watermark.
	Original bool
	// Answer says why; a refusal needs one.
	Answer string
}

// Decide takes a step of a request. Errors: errs.NotFound; errs.Forbidden;
// errs.Conflict "illegal_step"; errs.Invalid for the end and the reason.
func (s *Service) Decide(ctx context.Context, actor policy.Actor, id string, d Decision) (RequestView, error) {
	var decided Request
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		r, err := s.deps.Store.Request(ctx, id)
		if err != nil {
			return err
		}
		action := policy.Action(RequestKind + "." + d.Action)
		if !slices.ContainsFunc(RequestMachine.Edges, func(e lifecycle.Edge) bool {
			return e.From != lifecycle.New && e.Action == string(action)
		}) {
			return errs.InvalidFields([]errs.Field{{Path: "action", Code: "unknown_value"}})
		}
		if err := policy.Check(actor, action, r.Facts()).Err(); err != nil {
			return err
		}
		if err := checkWords("reason", d.Answer, false); err != nil {
			return err
		}
		step, err := RequestMachine.Step(r.ID, r.Position, string(action), d.Answer)
		if err != nil {
			return err
		}
		now := s.deps.Clock.Now()
		if action == policy.FileRequestGrant {
			if err := checkUntil(d.Until, clock.DateOf(now)); err != nil {
				return err
			}
			r.Until, r.Original = d.Until, d.Original
			if r.ToldName, err = s.reviewedName(ctx, r); err != nil {
				return err
			}
		}
		r.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
		r.Version++
		r.DecidedBy, r.DecidedAt, r.Answer = actor.AccountID, now, d.Answer
		if err := s.deps.Store.SaveRequest(ctx, r); err != nil {
			return err
		}
		decided = r
		name := event.FileRequestAnswered
		if action == policy.FileRequestWithdraw {
			name = event.FileRequestWithdrawn
		}
		return s.writeRequest(ctx, actor, r, step, name)
	})
	if err != nil {
		return RequestView{}, err
	}
	return s.viewRequest(actor, decided), nil
}

// reviewedName is the name of the version that a grant opens now.
func (s *Service) reviewedName(ctx context.Context, r Request) (string, error) {
	subject, err := s.deps.Subjects.Subject(ctx, r.SubjectKind, r.SubjectID)
	if err != nil {
		return "", err
	}
	versions, err := s.deps.Store.Versions(ctx, r.DocumentID, MaxFiles)
	if err != nil {
		return "", err
	}
	seen := reviewed(subject, versions)
	if len(seen) == 0 {
		return "", errs.New(errs.NotFound, "not_found")
	}
	return seen[len(seen)-1].Name, nil
}

func checkUntil(until, today clock.Date) error {
	fault := func(code string, params errs.Params) error {
		return errs.InvalidFields([]errs.Field{{Path: "until", Code: code, Params: params}})
	}
	if until == "" {
		return fault("required", nil)
	}
	if _, err := clock.ParseDate(string(until)); err != nil {
		return fault("wrong_format", nil)
	}
	last := today.AddDays(MaxGrantDays)
	if until < today || until > last {
		return fault("out_of_range", errs.Params{"min": string(today), "max": string(last)})
	}
	return nil
}

func checkWords(path, words string, required bool) error {
	switch {
	case required && text.Blank(words):
		return errs.InvalidFields([]errs.Field{{Path: path, Code: "required"}})
	case text.Length(words) > MaxReason:
		return errs.InvalidFields([]errs.Field{{Path: path, Code: "too_long", Params: errs.Params{"max": MaxReason}}})
	}
	return nil
}

// RequestQuery chooses among the requests of the acting organisation.
type RequestQuery struct {
	Box    Box
	State  lifecycle.State
	Cursor string
	Limit  int
}

// MaxPage bounds the entries of one page; a page of unsaid size has usualPage.
const (
	MaxPage   = 100
	usualPage = 20
)

// Page is one page of a list with the cursor of the next; "" at the end.
type Page[T any] struct {
	Items []T
	Next  string
}

// Requests are those that the acting organisation made or received, newest
// first. Errors: errs.Unauthenticated; errs.Invalid for box and state;
// errs.Malformed "malformed_cursor".
func (s *Service) Requests(ctx context.Context, actor policy.Actor, q RequestQuery) (Page[RequestView], error) {
	var out Page[RequestView]
	if !actor.SignedIn() {
		return out, errs.New(errs.Unauthenticated, "sign_in_required")
	}
	if !slices.Contains([]Box{AnyBox, Received, Sent}, q.Box) {
		return out, errs.InvalidFields([]errs.Field{{Path: "box", Code: "unknown_value"}})
	}
	if q.State != "" && !slices.ContainsFunc(RequestMachine.Edges, func(e lifecycle.Edge) bool { return e.To == q.State }) {
		return out, errs.InvalidFields([]errs.Field{{Path: "state", Code: "unknown_value"}})
	}
	if err := ident.CheckCursor(q.Cursor); err != nil {
		return out, err
	}
	org := policy.ScopeOf(actor, policy.FileRequestRead).PartyOrg
	if org == "" {
		return out, nil
	}
	limit := bounded(q.Limit)
	found, err := s.deps.Store.Requests(ctx, RequestFilter{OrgID: org, Box: q.Box, State: q.State, Before: q.Cursor, Limit: limit + 1})
	if err != nil {
		return out, err
	}
	if len(found) > limit {
		found = found[:limit]
		out.Next = found[limit-1].ID
	}
	for _, r := range found {
		out.Items = append(out.Items, s.viewRequest(actor, r))
	}
	return out, nil
}

func bounded(limit int) int {
	if limit <= 0 {
		return usualPage
	}
	return min(limit, MaxPage)
}

func (s *Service) viewRequest(actor policy.Actor, r Request) RequestView {
	v := RequestView{Request: r, InForce: s.inForce(r) != nil, Actions: actionsFor(r, actor)}
	if actor.OrgID != r.OwnerOrg {
		v.Name, v.DecidedBy = r.ToldName, ""
	}
	return v
}

// actionsFor are the verbs of the steps that the actor may take now.
func actionsFor(r Request, actor policy.Actor) []string {
	var out []string
	for _, action := range RequestMachine.Actions(r.Position.State) {
		if policy.Check(actor, policy.Action(action), r.Facts()).Allowed() {
			out = append(out, strings.TrimPrefix(action, RequestKind+"."))
		}
	}
	return out
}

func (s *Service) writeRequest(ctx context.Context, actor policy.Actor, r Request, step lifecycle.Step, name event.Name) error {
	return s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: policy.Action(step.Action), Kind: RequestKind, Subject: r.ID, Version: r.Version,
		At: s.deps.Clock.Now(), Step: &step, Events: []event.Event{{Name: name, Data: map[string]any{
			"document_id": r.DocumentID, "owner_org": r.OwnerOrg, "asker_org": r.AskerOrg, "state": string(r.Position.State),
		}}},
		Detail: map[string]any{"document_id": r.DocumentID, "until": string(r.Until), "original": r.Original},
	})
}
