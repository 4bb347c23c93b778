package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/money"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// AgreementKind is the kind of agreements in journal and history.
const AgreementKind = "agreement"

// The states of an agreement.
const (
	Asked     lifecycle.State = "asked"     // 待同意
	Agreed    lifecycle.State = "agreed"    // 已同意
	Declined  lifecycle.State = "declined"  // 不同意
	TakenBack lifecycle.State = "withdrawn" // 已撤回: the owner took it back
	Lapsed    lifecycle.State = "lapsed"    // 已失效: the package no longer asks for it
)

// AgreementMachine is the life of an agreement. What was declined, taken back
// or no longer asked for can be asked for again by a later submission.
var AgreementMachine = lifecycle.Machine{Kind: AgreementKind, Edges: []lifecycle.Edge{
	{From: lifecycle.New, To: Asked, Action: string(policy.AgreementAsk)},
	{From: Asked, To: Agreed, Action: string(policy.AgreementAgree)},
	{From: Asked, To: Declined, Action: string(policy.AgreementDecline), NeedsReason: true},
	{From: Asked, To: Lapsed, Action: string(policy.AgreementLapse)},
	{From: Agreed, To: TakenBack, Action: string(policy.AgreementWithdraw), NeedsReason: true},
	{From: Declined, To: Asked, Action: string(policy.AgreementAsk)},
	{From: TakenBack, To: Asked, Action: string(policy.AgreementAsk)},
	{From: Lapsed, To: Asked, Action: string(policy.AgreementAsk)},
}}

// Agreement is what one owner says to having components of its own in another
// organisation's package on exactly these terms. A package that asks for other
// terms needs another one; this one stays for the version that it was given to.
type Agreement struct {
	ID       string
	Position lifecycle.Position
	Version  int64
	// PackageID is the package, PackageOrg its owner, who asks; OwnerOrg is who
	// owns the components and answers.
	PackageID, PackageOrg, OwnerOrg string
	Terms                           AgreementTerms
	// AskedAt is when it was last asked for, AnsweredAt when the owner last
	// answered; zero before.
	AskedAt, AnsweredAt time.Time
	// Reason is the owner's for declining or taking back.
	Reason string
}

// AgreementTerms are what an owner agrees to: its components with the rights
// offered and their shares in the price, and what that price is.
type AgreementTerms struct {
	// Title is the package's when it was asked; it binds nobody.
	Title      text.Text     `json:"title"`
	Components []Component   `json:"components"`
	PriceMode  string        `json:"price_mode,omitempty"`
	Price      *money.Amount `json:"price,omitempty"`
}

// termsFor are the terms of a content that concern one owner.
func termsFor(owner string, c PackageContent) AgreementTerms {
	t := AgreementTerms{Title: c.Title, PriceMode: c.PriceMode, Price: c.Price}
	for _, part := range c.Components {
		if part.OwnerOrganisationID == owner {
			t.Components = append(t.Components, part)
		}
	}
	return t
}

// Hash is equal for equal terms, whatever the titles and the order of the
// components.
func (t AgreementTerms) Hash() string {
	parts := make([]string, 0, len(t.Components)+1)
	for _, c := range t.Components {
		parts = append(parts, c.bound())
	}
	slices.Sort(parts)
	price := ""
	if t.Price != nil {
		price = fmt.Sprint(t.Price.Fen(), t.Price.Currency())
	}
	parts = append(parts, t.PriceMode+" "+price)
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:])
}

// bound is what an owner agrees to of a component. An achievement is known by
// its id, everything else by its name.
func (c Component) bound() string {
	if c.AchievementID != "" {
		c.Title = ""
	}
	raw, err := json.Marshal(c)
	if err != nil { // texts and numbers alone
		panic(err)
	}
	return string(raw)
}

// covers tells whether every one of the components is among the terms as it
// stands.
func (t AgreementTerms) covers(components []Component) bool {
	return !slices.ContainsFunc(components, func(wanted Component) bool {
		return !slices.ContainsFunc(t.Components, func(c Component) bool { return c.bound() == wanted.bound() })
	})
}

// facts are what policy has to know: the owner of the components answers, both
// sides read.
func (a Agreement) facts() policy.Facts {
	return policy.Facts{OwnerOrg: a.OwnerOrg, Parties: []string{a.OwnerOrg, a.PackageOrg}}
}

// AgreementView is an agreement as one reader may see it.
type AgreementView struct {
	Agreement
	// Actions are the verbs of the steps that the reader may take now.
	Actions []string
}

func viewAgreement(a Agreement, actor policy.Actor) AgreementView {
	v := AgreementView{Agreement: a}
	for _, action := range AgreementMachine.Actions(a.Position.State) {
		if policy.Check(actor, policy.Action(action), a.facts()).Allowed() {
			_, verb, _ := strings.Cut(action, ".")
			v.Actions = append(v.Actions, verb)
		}
	}
	return v
}

// agreementAction is the action of a verb that a person can ask for.
func agreementAction(verb string) (policy.Action, error) {
	action := policy.Action(AgreementKind + "." + verb)
	switch action {
	case policy.AgreementAgree, policy.AgreementDecline, policy.AgreementWithdraw:
		return action, nil
	}
	return "", errs.InvalidFields([]errs.Field{{Path: "action", Code: "unknown_value"}})
}

// foreignOwners are the owners of components other than the package's, each
// once, in the order of their first one.
func foreignOwners(packageOwner string, components []Component) []string {
	var out []string
	for _, c := range components {
		if owner := c.owner(packageOwner); owner != packageOwner && !slices.Contains(out, owner) {
			out = append(out, owner)
		}
	}
	return out
}
