package indexing

import (
	"context"
	"maps"
	"slices"

	"chengqiao/internal/catalog"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/money"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// The tiers of the readers that matching knows.
var (
	publicTiers  = []policy.Tier{policy.TierPublic}
	memberTiers  = []policy.Tier{policy.TierPublic, policy.TierMembers}
	readerGroups = [][]policy.Tier{publicTiers, memberTiers, policy.AllTiers}
)

// matched makes the listings of matching of published versions, with what may
// change under a version: its owner's name, what contracts have left, and where
// its texts lie.
func (l *Listings) matched(ctx context.Context, versions []version) ([]match.Listing, error) {
	out, err := l.seen(ctx, versions)
	if err != nil || l.embedded == nil {
		return out, err
	}
	return out, l.embedded.place(ctx, out)
}

// seen is matched without where the texts lie.
func (l *Listings) seen(ctx context.Context, versions []version) ([]match.Listing, error) {
	taken, err := l.taken(ctx, versions)
	if err != nil {
		return nil, err
	}
	parts, err := l.parts(ctx, versions)
	if err != nil {
		return nil, err
	}
	names, err := l.owners(ctx, versions)
	if err != nil {
		return nil, err
	}
	out := make([]match.Listing, 0, len(versions))
	for _, v := range versions {
		var name text.Text
		if !v.anonymous {
			name = names[v.listing.OrgID]
		}
		m := v.copied(name)
		switch m.Kind {
		case match.Achievement:
			setRights(m, roomLeft[taken.RoomIn(m.ID)])
		case match.Package:
			contain(&m, parts)
			setRights(m, placesLeft(taken.Places(v.bundle)))
		}
		out = append(out, m)
	}
	return out, nil
}

// owners are the names of the versions' owners, by id.
func (l *Listings) owners(ctx context.Context, versions []version) (map[string]text.Text, error) {
	ids := make([]string, len(versions))
	for i, v := range versions {
		ids[i] = v.listing.OrgID
	}
	return l.OrganisationNames(ctx, ids)
}

// viewed makes the three views of a live listing. Readers from whom nothing is
// withheld share one.
func viewed[C any](s *listing.Service[C], l listing.Live[C], view func(C) match.View) (match.Listing, error) {
	m := match.Listing{Ref: match.Ref{Kind: match.Kind(l.Kind), ID: l.ID}, OrgID: l.OwnerOrg, Version: l.Number}
	for i, into := range []**match.View{&m.Public, &m.Members, &m.Full} {
		if i == 0 && l.Audience != policy.TierPublic || i == 1 && l.Audience == policy.TierNDA {
			continue // the whole listing is closed to these readers
		}
		content, withheld := l.Content, []string(nil)
		if !openTo(l.Tiers, readerGroups[i]) {
			var err error
			if content, withheld, err = s.At(l, readerGroups[i]); err != nil {
				return m, err
			}
		}
		v := view(content)
		*into = &v
		if len(withheld) > 0 {
			continue
		}
		if i == 0 {
			m.Members = &v
		}
		m.Full = &v
		break
	}
	return m, nil
}

// openTo tells whether readers of these tiers have every field.
func openTo(fields map[string]policy.Tier, tiers []policy.Tier) bool {
	for _, tier := range fields {
		if !slices.Contains(tiers, tier) {
			return false
		}
	}
	return true
}

func fields(title text.Text, zh, en []string, points, body []text.Text) map[match.Field][]string {
	out := map[match.Field][]string{match.Title: written(title)}
	out[match.Keywords] = append(append([]string{}, zh...), en...)
	out[match.Points] = written(points...)
	out[match.Body] = written(body...)
	return out
}

func written(ts ...text.Text) []string {
	var out []string
	for _, t := range ts {
		for _, s := range []string{t.Zh, t.En} {
			if s != "" {
				out = append(out, s)
			}
		}
	}
	return out
}

func achievementView(c catalog.AchievementContent) match.View {
	v := match.View{
		Title: c.Title, ValueLine: c.ValueLine,
		Texts:          fields(c.Title, c.KeywordsZh, c.KeywordsEn, []text.Text{c.ValueLine}, []text.Text{c.Abstract, c.Details}),
		TechnicalField: c.TechnicalField, Industry: c.Industry, Region: c.Region, TRL: c.TRL,
		PriceFen: fenOf(c.Price), IP: protection(c.IPItems),
	}
	for _, claim := range c.Claims {
		v.Claims = append(v.Claims, match.Claim{
			Metric: claim.Metric, Value: claim.Value, Unit: claim.Unit, Conditions: claim.Conditions,
			Proven: claim.ProofKind == catalog.Document || claim.ProofKind == catalog.ThirdParty,
		})
		v.Texts[match.Points] = append(v.Texts[match.Points], written(claimText(claim))...)
	}
	return v
}

func packageView(c catalog.PackageContent) match.View {
	v := match.View{
		Title: c.Title, ValueLine: c.ValueLine,
		Texts:          fields(c.Title, c.KeywordsZh, c.KeywordsEn, []text.Text{c.ValueLine}, []text.Text{c.Description}),
		TechnicalField: c.TechnicalField, Industry: c.Industry, Region: c.Region, PriceFen: fenOf(c.Price),
	}
	for _, part := range c.Components {
		if part.AchievementID != "" {
			v.Contains = append(v.Contains, part.AchievementID)
		}
		if part.Title != "" {
			v.Texts[match.Points] = append(v.Texts[match.Points], part.Title)
		}
		if part.Rights.Offer != "" {
			v.Rights = match.RightsFree // what a live package offers can be had
		}
	}
	return v
}

func needView(c need.Content) match.View {
	v := match.View{
		Title: c.Title,
		Texts: fields(c.Title, c.KeywordsZh, c.KeywordsEn,
			[]text.Text{c.TechnicalKey}, []text.Text{c.Problem, c.ExpectedGoal}),
		TechnicalField: c.TechnicalField, Industry: c.Industry, Region: c.Region, TRL: c.MinTRL, PriceFen: fenOf(c.BudgetMax),
	}
	for _, r := range c.Requirements {
		wanted := match.Requirement{
			Criterion: r.Criterion, Metric: r.Metric, Operator: r.Operator, Threshold: r.Threshold, Unit: r.Unit,
			Must: r.Level == need.Must,
		}
		v.Requirements = append(v.Requirements, wanted)
		v.Texts[match.Points] = append(v.Texts[match.Points], written(wanted.Subject())...)
	}
	return v
}

func fenOf(a *money.Amount) int64 {
	if a == nil {
		return 0
	}
	return a.Fen()
}

// protection is the best among the IP items.
func protection(items []catalog.IPItem) match.IPState {
	best := match.IPUnknown
	for _, item := range items {
		state := match.IPNone
		switch {
		case item.Kind == "none":
		case item.LegalState == catalog.Granted, item.Kind == "know_how" || item.Kind == "software_copyright":
			state = match.IPGranted // know-how and copyright exist without a grant
		case item.LegalState == "published" || item.LegalState == "examination" || item.LegalState == "":
			state = match.IPPending
		}
		best = max(best, state)
	}
	return best
}

// parts are the achievements that the packages among the versions contain, by id.
func (l *Listings) parts(ctx context.Context, versions []version) (map[string]version, error) {
	var refs []match.Ref
	for _, v := range versions {
		for _, c := range v.bundle.Components {
			if c.AchievementID != "" {
				refs = append(refs, match.Ref{Kind: match.Achievement, ID: c.AchievementID})
			}
		}
	}
	found, err := l.versions(ctx, refs)
	out := make(map[string]version, len(found))
	for _, v := range found {
		out[v.listing.ID] = v
	}
	return out, err
}

// contain lets a package speak with what its achievements say to the same
// readers: the package is what can be taken, they are what it is about. Its
// owner reads of other owners' achievements what anybody does.
func contain(m *match.Listing, parts map[string]version) {
	for i, own := range []**match.View{&m.Public, &m.Members, &m.Full} {
		if *own == nil {
			continue
		}
		// Its own copy: what it takes in differs by reader.
		copied := **own
		copied.Texts = maps.Clone(copied.Texts)
		*own = &copied
		p := *own
		for _, id := range p.Contains { // those alone that these readers are told of
			part, ok := parts[id]
			if !ok {
				continue
			}
			a := part.listing
			said := [...]*match.View{a.Public, a.Members, a.Full}[i]
			if own == &m.Full && a.OrgID != m.OrgID {
				said = a.Public
			}
			if said != nil {
				absorb(p, said)
			}
		}
	}
}

// absorb adds an achievement's view to its package's. What the package says of
// itself stands before it.
func absorb(p, a *match.View) {
	p.Texts[match.Points] = slices.Concat(p.Texts[match.Points], a.Texts[match.Title], a.Texts[match.Points])
	p.Texts[match.Keywords] = slices.Concat(p.Texts[match.Keywords], a.Texts[match.Keywords])
	p.Texts[match.Body] = slices.Concat(p.Texts[match.Body], a.Texts[match.Body])
	p.Claims = slices.Concat(p.Claims, a.Claims)
	p.TRL = max(p.TRL, a.TRL)
	p.IP = max(p.IP, a.IP)
	if p.TechnicalField == "" {
		p.TechnicalField = a.TechnicalField
	}
	if p.Industry == "" {
		p.Industry = a.Industry
	}
}
