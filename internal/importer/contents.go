package importer

import (
	"strings"

	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// mapped is a record as the service takes it, with what could not be mapped.
type mapped[C any] struct {
	id      string
	content C
}

// achievement maps a line to an achievement. Authors are names without a
// person behind them: they are credited in the source text, and do not become
// contributors, who have rights to rewards.
func achievement(l *line) mapped[catalog.AchievementContent] {
	c := catalog.AchievementContent{
		Title:              l.inBoth("title"),
		ValueLine:          l.inBoth("value_line"),
		Abstract:           l.inBoth("abstract"),
		Details:            l.inBoth("details"),
		Claims:             objects[catalog.Claim](l, "claims"),
		TRL:                l.number("trl"),
		Form:               l.code("form", taxonomy.Form),
		TechnicalField:     l.field(),
		Industry:           l.code("industry", taxonomy.Industry),
		Region:             l.code("region", taxonomy.Region),
		IPItems:            objects[catalog.IPItem](l, "ip_items"),
		FundingProject:     l.programme(),
		RegistrationNumber: l.text("registration_number"),
		Cooperation:        l.codes("cooperation", taxonomy.Cooperation),
		PriceMode:          l.code("price_mode", taxonomy.PriceMode),
		Price:              l.amount("price"),
		PublicBenefit:      l.flag("public_benefit"),
		Year:               l.number("year"),
		Audience:           policy.Tier(strings.ToUpper(l.text("audience"))),
		Source:             l.credit(l.text("credit_people"), l.text("credit_organisation")),
	}
	c.KeywordsZh, c.KeywordsEn = l.words()
	l.titled(c.Title)
	return mapped[catalog.AchievementContent]{l.text("id"), c}
}

// titled refuses a record without a title, even as a draft: nobody could tell
// it from others.
func (l *line) titled(t text.Text) {
	if t.IsZero() {
		l.fault("title", "required")
	}
}

// programme is the funding project: as given, else of programme, phase and agency.
func (l *line) programme() string {
	if given := l.text("funding_project"); given != "" {
		return given
	}
	name := strings.TrimSpace(l.text("credit_programme") + " " + l.text("credit_phase"))
	agency := l.text("credit_agency")
	if name != "" && agency != "" {
		return name + ", " + agency
	}
	return name + agency
}

// technicalNeed maps a line to a need. The dates of somebody else's call are
// part of its source: as a deadline they would end the need here at once.
func technicalNeed(l *line) mapped[need.Content] {
	released, closes := l.text("credit_released"), l.text("credit_closes")
	dates := released
	if closes != "" {
		dates = strings.TrimSpace(released + " – " + closes)
	}
	c := need.Content{
		Title:          l.inBoth("title"),
		Problem:        l.inBoth("problem"),
		TechnicalKey:   l.inBoth("technical_key"),
		ExpectedGoal:   l.inBoth("expected_goal"),
		Requirements:   objects[need.Requirement](l, "requirements"),
		TechnicalField: l.field(),
		Industry:       l.code("industry", taxonomy.Industry),
		Region:         l.code("region", taxonomy.Region),
		BudgetMin:      l.amount("budget_min"),
		BudgetMax:      l.amount("budget_max"),
		Cooperation:    l.codes("cooperation", taxonomy.Cooperation),
		WishedPartners: l.text("wished_partners"),
		StartOn:        clock.Date(l.text("start_on")),
		EndOn:          clock.Date(l.text("end_on")),
		Deadline:       clock.Date(l.text("deadline")),
		MinTRL:         l.number("min_trl"),
		Anonymous:      l.flag("anonymous"),
		Audience:       policy.Tier(strings.ToUpper(l.text("audience"))),
		Source:         l.credit(l.text("credit_organisation"), l.text("credit_agency"), l.text("credit_programme"), dates),
	}
	c.KeywordsZh, c.KeywordsEn = l.words()
	l.titled(c.Title)
	return mapped[need.Content]{l.text("id"), c}
}
