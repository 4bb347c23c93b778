package catalog

import (
	"slices"

	"chengqiao/internal/listing"
	"chengqiao/internal/text"
)

// How long a text has to be to say something, in characters.
const (
	tellingValue    = 10
	tellingAbstract = 80
	tellingEvidence = 10
	tellingKeywords = 3
)

// TechnicalField implements listing.Kind.
func (k *achievements) TechnicalField(c AchievementContent) string { return c.TechnicalField }

// Quality implements listing.Kind: evidence weighs most.
func (k *achievements) Quality(c AchievementContent) listing.Quality {
	g := k.weights.Grade()
	g.Criterion("value_line", "value_line", telling(c.ValueLine, tellingValue))
	g.Criterion("abstract", "abstract", telling(c.Abstract, tellingAbstract))
	g.Criterion("english", "title.en", c.Title.En != "" && (c.ValueLine.En != "" || c.Abstract.En != ""))
	g.Criterion("keywords", "keywords_zh", len(c.KeywordsZh)+len(c.KeywordsEn) >= tellingKeywords)
	g.Criterion("claims", "claims", len(c.Claims) > 0)
	g.Each("claim_context", "claims", len(c.Claims), func(i int) (string, bool) {
		return listing.At("claims", i, ""), !c.Claims[i].Baseline.IsZero() && !c.Claims[i].Conditions.IsZero()
	})
	g.Each("claim_proof", "claims", len(c.Claims), func(i int) (string, bool) {
		return listing.At("claims", i, "proof_file_id"), c.Claims[i].Proven()
	})
	g.Criterion("trl", "trl", c.TRL > 0)
	// A level rests on all the levels below it.
	g.Each("trl_evidence", "trl_evidence", c.TRL, func(i int) (string, bool) {
		return "trl_evidence." + levelName(i+1), c.evident(i + 1)
	})
	g.Criterion("ip", "ip_items", len(c.IPItems) > 0)
	g.Each("ip_complete", "ip_items", len(c.IPItems), func(i int) (string, bool) {
		return listing.At("ip_items", i, ""), c.IPItems[i].whole()
	})
	g.Criterion("industry", "industry", len(c.Industry) > 1)
	g.Criterion("region", "region", c.Region != "")
	g.Criterion("form", "form", c.Form != "")
	g.Criterion("funding", "funding_project", c.FundingProject != "" || c.RegistrationNumber != "")
	g.Criterion("cooperation", "cooperation", len(c.Cooperation) > 0)
	g.Criterion("price", "price_mode", c.PriceMode != "")
	return g.Quality()
}

// Proven tells whether a claim has more behind it than its owner's word.
func (c Claim) Proven() bool {
	return (c.ProofKind == Document || c.ProofKind == ThirdParty) && c.ProofFileID != ""
}

// evident tells whether a readiness level has something to show.
func (c AchievementContent) evident(level int) bool {
	return slices.ContainsFunc(c.TRLEvidence, func(e LevelEvidence) bool {
		return e.Level == level && (e.FileID != "" || telling(e.Text, tellingEvidence))
	})
}

// levelName is how a level stands in a path.
func levelName(level int) string { return string(rune('0' + level)) }

// whole tells whether a reader could look the right up.
func (p IPItem) whole() bool {
	switch p.Kind {
	case "none":
		return true
	case "know_how":
		return !p.Title.IsZero()
	}
	return !p.Title.IsZero() && p.Number != "" && (p.FiledOn != "" || p.GrantedOn != "") && (!p.Patent() || p.LegalState != "")
}

func telling(t text.Text, least int) bool {
	return text.Length(t.Zh) >= least || text.Length(t.En) >= least
}

// TechnicalField implements listing.Kind.
func (k *packages) TechnicalField(c PackageContent) string { return c.TechnicalField }

// Quality implements listing.Kind: a buyer looks for what exactly is had.
func (k *packages) Quality(c PackageContent) listing.Quality {
	g := k.weights.Grade()
	g.Criterion("value_line", "value_line", telling(c.ValueLine, tellingValue))
	g.Criterion("description", "description", telling(c.Description, tellingAbstract))
	g.Criterion("english", "title.en", c.Title.En != "" && (c.ValueLine.En != "" || c.Description.En != ""))
	g.Criterion("keywords", "keywords_zh", len(c.KeywordsZh)+len(c.KeywordsEn) >= tellingKeywords)
	g.Criterion("components", "components", len(c.Components) > 0)
	g.Each("component_rights", "components", len(c.Components), func(i int) (string, bool) {
		part := c.Components[i]
		tangible := part.Kind == OfService || part.Kind == OfEquipment
		return listing.At("components", i, "rights"),
			part.Rights.Offer != "" && (tangible || part.Rights.FieldOfUse != "" && part.Rights.Territory != "")
	})
	g.Criterion("industry", "industry", len(c.Industry) > 1)
	g.Criterion("region", "region", c.Region != "")
	g.Criterion("cooperation", "cooperation", len(c.Cooperation) > 0)
	g.Criterion("price", "price_mode", c.PriceMode != "")
	return g.Quality()
}
