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

// matched makes a batch's listings of matching, with where their texts lie.
func (l *Listings) matched(ctx context.Context, b batch) ([]match.Listing, error) {
	out, err := l.seen(ctx, b)
	if err != nil || l.embedded == nil {
		return out, err
	}
	return out, l.embedded.place(ctx, out)
}

// seen makes a batch's listings of matching.
func (l *Listings) seen(ctx context.Context, b batch) ([]match.Listing, error) {
	out := make([]match.Listing, 0, len(b.achievements)+len(b.packages)+len(b.needs))
	taken, err := l.taken(ctx, b)
	if err != nil {
		return nil, err
	}
	for _, a := range b.achievements {
		m, err := viewed(l.achievements.Service, a, match.Achievement, b.owners, achievementView)
		if err != nil {
			return nil, err
		}
		setRights(m, roomLeft[taken.RoomIn(a.ID)])
		out = append(out, m)
	}
	parts, err := l.parts(ctx, b.packages)
	if err != nil {
		return nil, err
	}
	for _, p := range b.packages {
		m, err := viewed(l.packages.Service, p, match.Package, b.owners, packageView)
		if err != nil {
			return nil, err
		}
		if err := l.contain(&m, p.OwnerOrg, parts); err != nil {
			return nil, err
		}
		setRights(m, placesLeft(taken.Places(p.Content)))
		out = append(out, m)
	}
	for _, n := range b.needs {
		m, err := viewed(l.needs.Service, n, match.Need, b.owners, needView)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// viewed makes the three views of a live listing. Readers from whom nothing is
// withheld share one.
func viewed[C any](s *listing.Service[C], l listing.Live[C], kind match.Kind, owners map[string]Organisation, view func(C) match.View) (match.Listing, error) {
	m := match.Listing{Ref: match.Ref{Kind: kind, ID: l.ID}, OrgID: l.OwnerOrg, Version: l.Seq}
	name := owners[l.OwnerOrg].Name
	if l.Anonymous {
		name = text.Text{}
	}
	for i, into := range []**match.View{&m.Public, &m.Members, &m.Full} {
		if i == 0 && l.Audience != policy.TierPublic || i == 1 && l.Audience == policy.TierNDA {
			continue // the whole listing is closed to these readers
		}
		content, withheld, err := s.At(l, readerGroups[i])
		if err != nil {
			return m, err
		}
		v := view(content)
		v.OrgName = name
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
			Metric: claim.Metric, Value: claim.Value, Unit: claim.Unit,
			Proven: claim.ProofKind == catalog.Document || claim.ProofKind == catalog.ThirdParty,
		})
		v.Texts[match.Points] = append(v.Texts[match.Points], claimText(claim))
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
		v.Requirements = append(v.Requirements, match.Requirement{
			Criterion: r.Criterion, Metric: r.Metric, Operator: r.Operator, Threshold: r.Threshold, Unit: r.Unit,
			Must: r.Level == need.Must,
		})
		v.Texts[match.Points] = append(v.Texts[match.Points], requirementText(r))
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

// parts are the achievements that the packages contain, by id.
func (l *Listings) parts(ctx context.Context, packages []listing.Live[catalog.PackageContent]) (map[string]listing.Live[catalog.AchievementContent], error) {
	var ids []string
	for _, p := range packages {
		for _, c := range p.Content.Components {
			if c.AchievementID != "" {
				ids = append(ids, c.AchievementID)
			}
		}
	}
	found, err := liveOf(ctx, l.achievements.Service, each(ids))
	out := make(map[string]listing.Live[catalog.AchievementContent], len(found))
	for _, a := range found {
		out[a.ID] = a
	}
	return out, err
}

// contain lets a package speak with what its achievements say to the same
// readers: the package is what can be taken, they are what it is about. Its
// owner reads of other owners' achievements what anybody does.
func (l *Listings) contain(m *match.Listing, owner string, parts map[string]listing.Live[catalog.AchievementContent]) error {
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
			live, ok := parts[id]
			if !ok {
				continue
			}
			a, err := viewed(l.achievements.Service, live, match.Achievement, nil, achievementView)
			if err != nil {
				return err
			}
			said := [...]*match.View{a.Public, a.Members, a.Full}[i]
			if own == &m.Full && live.OwnerOrg != owner {
				said = a.Public
			}
			if said != nil {
				absorb(p, said)
			}
		}
	}
	return nil
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
