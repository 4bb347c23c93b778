package indexing

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"chengqiao/internal/catalog"
	"chengqiao/internal/duplicate"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/listing"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Origins knows what binds a listing to elsewhere.
type Origins interface {
	// RecordsOf are the records that listings were imported from, by listing:
	// collection and id.
	RecordsOf(ctx context.Context, ids []string) (map[string][][2]string, error)
	// Negotiated counts the open introductions and deals about a listing.
	Negotiated(ctx context.Context, id string) (int64, error)
}

// Duplicates shows achievements and needs to the finder of duplicates, and
// carries out what is decided.
type Duplicates struct {
	achievements compared[catalog.AchievementContent]
	needs        compared[need.Content]
	packages     *catalog.Packages
	origins      Origins
}

var _ duplicate.Listings = (*Duplicates)(nil)

// NewDuplicates joins the services of the kinds.
func NewDuplicates(a *catalog.Achievements, p *catalog.Packages, n *need.Needs, o Origins) *Duplicates {
	return &Duplicates{
		achievements: compared[catalog.AchievementContent]{
			service: a.Service, step: a.Step, view: AchievementView,
			title: func(c catalog.AchievementContent) text.Text { return c.Title },
		},
		needs: compared[need.Content]{
			service: n.Service, step: n.Step, view: NeedView,
			title: func(c need.Content) text.Text { return c.Title },
		},
		packages: p,
		origins:  o,
	}
}

// DuplicateEvents are those after which a listing is compared anew.
var DuplicateEvents = []event.Name{
	event.AchievementChanged, event.AchievementSubmitted, event.AchievementPublished, event.AchievementHidden,
	event.NeedChanged, event.NeedSubmitted, event.NeedPublished, event.NeedHidden,
}

// DuplicateRefs are the listings that events are about.
func DuplicateRefs(events []event.Event) []duplicate.Ref {
	refs := make([]duplicate.Ref, 0, len(events))
	for _, e := range events {
		refs = append(refs, duplicate.Ref{Kind: e.Kind, ID: e.Subject})
	}
	return refs
}

// AchievementView is an achievement as the finder of duplicates compares it.
func AchievementView(c catalog.AchievementContent) duplicate.View {
	v := duplicate.View{Title: c.Title, Year: c.Year, Body: running(c.ValueLine, c.Abstract)}
	for _, item := range c.IPItems {
		if id, ok := duplicate.Patent(item.Number); ok {
			v.Identifiers = append(v.Identifiers, id)
		}
	}
	if id, ok := duplicate.Registration(c.RegistrationNumber); ok {
		v.Identifiers = append(v.Identifiers, id)
	}
	if id, ok := duplicate.Report(c.ReportNumber); ok {
		v.Identifiers = append(v.Identifiers, id)
	}
	v.Identifiers = append(v.Identifiers, duplicate.Funding(c.FundingProject)...)
	v.Identifiers = append(v.Identifiers, duplicate.DOIs(c.Abstract.Zh, c.Abstract.En, c.Details.Zh, c.Details.En)...)
	for _, p := range c.Contributors {
		v.Persons = append(v.Persons, p.PersonID)
	}
	return v
}

// NeedView is a need as the finder of duplicates compares it.
func NeedView(c need.Content) duplicate.View {
	return duplicate.View{Title: c.Title, Body: running(c.Problem, c.TechnicalKey, c.ExpectedGoal)}
}

// running joins running texts by language.
func running(texts ...text.Text) text.Text {
	var zh, en []string
	for _, t := range texts {
		zh, en = append(zh, t.Zh), append(en, t.En)
	}
	return text.Text{Zh: strings.TrimSpace(strings.Join(zh, "\n")), En: strings.TrimSpace(strings.Join(en, "\n"))}
}

// compared is a kind of listing with the view that its contents give.
type compared[C any] struct {
	service *listing.Service[C]
	// step is the domain's, which may do more than that of its listings.
	step  func(context.Context, policy.Actor, string, listing.StepRequest) (listing.Head, error)
	title func(C) text.Text
	view  func(C) duplicate.View
}

func unknownKind(kind string) error {
	return errs.Wrap(errs.NotFound, "not_found", fmt.Errorf("no duplicates are sought among %q", kind))
}

// Subjects implements duplicate.Listings.
func (d *Duplicates) Subjects(ctx context.Context, kind string, ids []string) ([]duplicate.Subject, error) {
	var out []duplicate.Subject
	for part := range slices.Chunk(ids, loadPage) {
		records, err := d.origins.RecordsOf(ctx, part)
		if err != nil {
			return nil, err
		}
		var some []duplicate.Subject
		switch kind {
		case catalog.AchievementKind:
			some, err = d.achievements.subjects(ctx, part, records)
		case need.Kind:
			some, err = d.needs.subjects(ctx, part, records)
		default:
			err = unknownKind(kind)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

func (k compared[C]) subjects(ctx context.Context, ids []string, records map[string][][2]string) ([]duplicate.Subject, error) {
	found, err := k.service.Contents(ctx, ids)
	if err != nil {
		return nil, err
	}
	ended := append([]lifecycle.State{listing.Merged, listing.Closed}, k.service.Rules().Final...)
	out := make([]duplicate.Subject, 0, len(found))
	for _, c := range found {
		s := duplicate.Subject{
			Ref: duplicate.Ref{Kind: c.Kind, ID: c.ID}, OrgID: c.OwnerOrg, Version: c.Version,
			Ended: slices.Contains(ended, c.Position.State),
		}
		if err := errs.Caught(func() error { return k.read(c, records[c.ID], &s) }); errs.IsPanic(err) {
			s.Stumbled = err
		} else if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// read puts to a subject what its owner has of a listing, and what anybody has.
func (k compared[C]) read(c listing.Contents[C], records [][2]string, s *duplicate.Subject) error {
	var of []duplicate.Identifier
	for _, r := range records {
		if id, ok := duplicate.Record(r[0], r[1]); ok {
			of = append(of, id)
		}
	}
	if inside, ok := c.Inside(); ok {
		s.Inside = k.view(inside)
		s.Inside.Identifiers = append(s.Inside.Identifiers, of...)
	} else {
		s.Ended = true // it says nothing
	}
	open, ok, err := k.open(c)
	if err != nil || !ok {
		return err
	}
	v := k.view(open)
	v.Identifiers = append(v.Identifiers, of...)
	s.Open = &v
	return nil
}

// open is what anybody has of a listing now.
func (k compared[C]) open(c listing.Contents[C]) (C, bool, error) {
	var none C
	if !c.Found() || c.Live.Audience != policy.TierPublic {
		return none, false, nil
	}
	content, _, err := k.service.At(*c.Live, policy.ReaderTiers(policy.Actor{}))
	return content, err == nil, err
}

// Sides implements duplicate.Listings.
func (d *Duplicates) Sides(ctx context.Context, actor policy.Actor, kind string, ids []string) ([]duplicate.Side, error) {
	switch kind {
	case catalog.AchievementKind:
		return d.achievements.sides(ctx, actor, ids)
	case need.Kind:
		return d.needs.sides(ctx, actor, ids)
	}
	return nil, unknownKind(kind)
}

// sides are a listing as its owner has it, and as anybody has it for everyone
// else, the platform's people among them.
func (k compared[C]) sides(ctx context.Context, actor policy.Actor, ids []string) ([]duplicate.Side, error) {
	found, err := k.service.Contents(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []duplicate.Side
	for _, c := range found {
		side := duplicate.Side{
			Ref: duplicate.Ref{Kind: c.Kind, ID: c.ID}, OrgID: c.OwnerOrg, State: c.Position.State,
			Own: actor.OrgID != "" && actor.OrgID == c.OwnerOrg,
		}
		content, ok := c.Inside()
		if side.Own {
			side.Version = c.Version
		} else {
			if content, ok, err = k.open(c); err != nil {
				return nil, err
			}
			if ok && c.Live.Anonymous {
				side.OrgID = ""
			}
		}
		if !ok {
			continue
		}
		if content, err = k.service.Presented(ctx, content, side.Own); err != nil {
			return nil, err
		}
		side.Title = k.title(content)
		if side.Content, err = fieldsOf(content); err != nil {
			return nil, err
		}
		out = append(out, side)
	}
	return out, nil
}

// fieldsOf are the fields that a content says something in.
func fieldsOf(content any) (map[string]json.RawMessage, error) {
	raw, err := json.Marshal(content)
	if err != nil {
		return nil, errs.Wrap(errs.Internal, "internal", err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, errs.Wrap(errs.Internal, "internal", err)
	}
	for name, value := range fields {
		switch string(value) {
		case "null", `""`, "{}", "[]", "0", "false":
			delete(fields, name)
		}
	}
	return fields, nil
}

// Working implements duplicate.Listings.
func (d *Duplicates) Working(ctx context.Context, actor policy.Actor, ref duplicate.Ref) (duplicate.Working, error) {
	switch ref.Kind {
	case catalog.AchievementKind:
		return d.achievements.working(ctx, actor, ref.ID)
	case need.Kind:
		return d.needs.working(ctx, actor, ref.ID)
	}
	return duplicate.Working{}, unknownKind(ref.Kind)
}

func (k compared[C]) working(ctx context.Context, actor policy.Actor, id string) (duplicate.Working, error) {
	// Reading it as a draft asks policy; what is stored is read besides, since
	// a draft is shown with the names of people.
	if _, err := k.service.Draft(ctx, actor, id); err != nil {
		return duplicate.Working{}, err
	}
	found, err := k.service.Contents(ctx, []string{id})
	if err != nil {
		return duplicate.Working{}, err
	}
	if len(found) == 0 {
		return duplicate.Working{}, errs.New(errs.NotFound, "not_found")
	}
	content, ok := found[0].Inside()
	if !ok {
		return duplicate.Working{}, errs.New(errs.NotFound, "not_found")
	}
	raw, err := json.Marshal(content)
	if err != nil {
		return duplicate.Working{}, errs.Wrap(errs.Internal, "internal", err)
	}
	return duplicate.Working{Version: found[0].Version, Content: raw, Open: found[0].Working != nil}, nil
}

// Save implements duplicate.Listings.
func (d *Duplicates) Save(ctx context.Context, actor policy.Actor, ref duplicate.Ref, version int64, raw json.RawMessage) (int64, error) {
	switch ref.Kind {
	case catalog.AchievementKind:
		return d.achievements.save(ctx, actor, ref.ID, version, raw)
	case need.Kind:
		return d.needs.save(ctx, actor, ref.ID, version, raw)
	}
	return 0, unknownKind(ref.Kind)
}

func (k compared[C]) save(ctx context.Context, actor policy.Actor, id string, version int64, raw json.RawMessage) (int64, error) {
	var content C
	if err := json.Unmarshal(raw, &content); err != nil {
		return 0, errs.Wrap(errs.Invalid, "invalid_fields", err)
	}
	saved, err := k.service.Save(ctx, actor, id, version, content)
	return saved.Head.Version, err
}

// Discard implements duplicate.Listings.
func (d *Duplicates) Discard(ctx context.Context, actor policy.Actor, ref duplicate.Ref, version int64) error {
	req := listing.StepRequest{Action: listing.Discard, Version: version}
	var err error
	switch ref.Kind {
	case catalog.AchievementKind:
		_, err = d.achievements.step(ctx, actor, ref.ID, req)
	case need.Kind:
		_, err = d.needs.step(ctx, actor, ref.ID, req)
	default:
		err = unknownKind(ref.Kind)
	}
	return err
}

// Merge implements duplicate.Listings.
func (d *Duplicates) Merge(ctx context.Context, actor policy.Actor, ref duplicate.Ref, version int64) error {
	switch ref.Kind {
	case catalog.AchievementKind:
		return d.achievements.service.MergeAway(ctx, actor, ref.ID, version)
	case need.Kind:
		return d.needs.service.MergeAway(ctx, actor, ref.ID, version)
	}
	return unknownKind(ref.Kind)
}

// Unmerge implements duplicate.Listings.
func (d *Duplicates) Unmerge(ctx context.Context, actor policy.Actor, ref duplicate.Ref) error {
	switch ref.Kind {
	case catalog.AchievementKind:
		return d.achievements.service.Restore(ctx, actor, ref.ID)
	case need.Kind:
		return d.needs.service.Restore(ctx, actor, ref.ID)
	}
	return unknownKind(ref.Kind)
}

// Bound implements duplicate.Listings.
func (d *Duplicates) Bound(ctx context.Context, ref duplicate.Ref) error {
	if ref.Kind == catalog.AchievementKind {
		live, err := d.packages.HeldBy(ctx, ref.ID)
		if err != nil {
			return err
		}
		if live > 0 {
			return errs.Newp(errs.Conflict, "listing_in_package", errs.Params{"packages": live})
		}
	}
	deals, err := d.origins.Negotiated(ctx, ref.ID)
	if err != nil {
		return err
	}
	if deals > 0 {
		return errs.Newp(errs.Conflict, "listing_in_deal", errs.Params{"deals": deals})
	}
	return nil
}
