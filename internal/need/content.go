package need

import (
	"chengqiao/internal/clock"
	"chengqiao/internal/money"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Content is what a technical need 技术需求 says: an enterprise's problem with
// its requirements. It is the contract's NeedContent and is stored as it stands.
type Content struct {
	Title text.Text `json:"title"`
	// Problem 难题, TechnicalKey 技术关键 and ExpectedGoal 预期目标 are the three
	// texts of a provincial form.
	Problem        text.Text     `json:"problem,omitzero"`
	TechnicalKey   text.Text     `json:"technical_key,omitzero"`
	ExpectedGoal   text.Text     `json:"expected_goal,omitzero"`
	Requirements   []Requirement `json:"requirements,omitempty"`
	KeywordsZh     []string      `json:"keywords_zh,omitempty"`
	KeywordsEn     []string      `json:"keywords_en,omitempty"`
	TechnicalField string        `json:"technical_field,omitempty"`
	Industry       string        `json:"industry,omitempty"`
	Region         string        `json:"region,omitempty"`
	BudgetMin      *money.Amount `json:"budget_min,omitempty"`
	BudgetMax      *money.Amount `json:"budget_max,omitempty"`
	Cooperation    []string      `json:"cooperation,omitempty"`
	WishedPartners string        `json:"wished_partners,omitempty"`
	StartOn        clock.Date    `json:"start_on,omitempty"`
	EndOn          clock.Date    `json:"end_on,omitempty"`
	// Deadline is the last day on which offers are awaited; the need expires after it.
	Deadline clock.Date `json:"deadline,omitempty"`
	// MinTRL is the least readiness level that helps; 0 is unsaid.
	MinTRL int `json:"min_trl,omitempty"`
	// Anonymous hides the organisation from all but those introduced.
	Anonymous bool                   `json:"anonymous,omitempty"`
	Audience  policy.Tier            `json:"audience,omitempty"`
	Tiers     map[string]policy.Tier `json:"tiers,omitempty"`
	// Source says where an imported record comes from.
	Source string `json:"source,omitempty"`
}

// Requirement is one criterion that an offer meets or does not.
type Requirement struct {
	Criterion text.Text `json:"criterion"`
	Metric    text.Text `json:"metric,omitzero"`
	// Operator compares the offer's value with Threshold: ">=", "<=", "=".
	Operator string `json:"operator,omitempty"`
	// Threshold is a decimal text: a requirement's number is never rounded.
	Threshold string `json:"threshold,omitempty"`
	Unit      string `json:"unit,omitempty"`
	Level     string `json:"level"`
}

// The levels of a requirement.
const (
	Must   = "must"
	Should = "should"
)
