package catalog

import (
	"chengqiao/internal/money"
	"chengqiao/internal/policy"
	"chengqiao/internal/rights"
	"chengqiao/internal/text"
)

// PackageContent is what an achievement package 成果包 says: what a buyer can
// take, as components with their owners, rights and shares in the price. It is
// the contract's schema of the same name and is stored as it stands.
type PackageContent struct {
	Title          text.Text              `json:"title"`
	ValueLine      text.Text              `json:"value_line,omitzero"`
	Description    text.Text              `json:"description,omitzero"`
	Theme          string                 `json:"theme,omitempty"`
	KeywordsZh     []string               `json:"keywords_zh,omitempty"`
	KeywordsEn     []string               `json:"keywords_en,omitempty"`
	TechnicalField string                 `json:"technical_field,omitempty"`
	Industry       string                 `json:"industry,omitempty"`
	Region         string                 `json:"region,omitempty"`
	Components     []Component            `json:"components,omitempty"`
	Cooperation    []string               `json:"cooperation,omitempty"`
	PriceMode      string                 `json:"price_mode,omitempty"`
	Price          *money.Amount          `json:"price,omitempty"`
	PublicBenefit  bool                   `json:"public_benefit,omitempty"`
	ContactRule    string                 `json:"contact_rule,omitempty"`
	Audience       policy.Tier            `json:"audience,omitempty"`
	Tiers          map[string]policy.Tier `json:"tiers,omitempty"`
}

// Component is one thing in a package.
type Component struct {
	Kind          ComponentKind `json:"kind"`
	AchievementID string        `json:"achievement_id,omitempty"`
	// Title is a service's or a piece of equipment's own; that of an
	// achievement is taken from it at submission.
	Title string `json:"title,omitempty"`
	// OwnerOrganisationID is the package's owner when absent.
	OwnerOrganisationID string `json:"owner_organisation_id,omitempty"`
	Rights              Rights `json:"rights,omitzero"`
	// WeightBps is the share in the price; all of a package sum to 10,000.
	WeightBps int `json:"weight_bps"`
}

// ComponentKind is the sort of a component.
type ComponentKind string

// The kinds of components.
const (
	OfAchievement ComponentKind = "achievement"
	OfIP          ComponentKind = "ip"
	OfService     ComponentKind = "service"
	OfEquipment   ComponentKind = "equipment"
)

// Rights is what a buyer of a component gets.
type Rights = rights.Rights
