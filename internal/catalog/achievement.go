package catalog

import (
	"chengqiao/internal/clock"
	"chengqiao/internal/money"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// AchievementContent is what an achievement 科技成果 says: one research result
// with its evidence, rights and contributors. It is the contract's schema of
// the same name and is stored as it stands.
type AchievementContent struct {
	Title text.Text `json:"title"`
	// ValueLine says in one line what is better, by how much, than what.
	ValueLine  text.Text `json:"value_line,omitzero"`
	Abstract   text.Text `json:"abstract,omitzero"`
	Details    text.Text `json:"details,omitzero"`
	KeywordsZh []string  `json:"keywords_zh,omitempty"`
	KeywordsEn []string  `json:"keywords_en,omitempty"`
	Claims     []Claim   `json:"claims,omitempty"`
	// TRL is the technology readiness level 1-9 of GB/T 22900; 0 is unsaid.
	TRL            int             `json:"trl,omitempty"`
	TRLEvidence    []LevelEvidence `json:"trl_evidence,omitempty"`
	Form           string          `json:"form,omitempty"`
	TechnicalField string          `json:"technical_field,omitempty"`
	// Industry is a section or a division of GB/T 4754, StrategicIndustry one of
	// the strategic emerging industries.
	Industry          string        `json:"industry,omitempty"`
	StrategicIndustry string        `json:"strategic_industry,omitempty"`
	Region            string        `json:"region,omitempty"`
	IPItems           []IPItem      `json:"ip_items,omitempty"`
	Contributors      []Contributor `json:"contributors,omitempty"`
	// FundingProject is what paid for it, ReportNumber the report to its
	// funder, RegistrationNumber that of the result's registration.
	FundingProject     string                 `json:"funding_project,omitempty"`
	ReportNumber       string                 `json:"report_number,omitempty"`
	RegistrationNumber string                 `json:"registration_number,omitempty"`
	Cooperation        []string               `json:"cooperation,omitempty"`
	PriceMode          string                 `json:"price_mode,omitempty"`
	Price              *money.Amount          `json:"price,omitempty"`
	PublicBenefit      bool                   `json:"public_benefit,omitempty"`
	Year               int                    `json:"year,omitempty"`
	ContactRule        string                 `json:"contact_rule,omitempty"`
	Audience           policy.Tier            `json:"audience,omitempty"`
	Tiers              map[string]policy.Tier `json:"tiers,omitempty"`
	// Source says where an imported record comes from.
	Source string `json:"source,omitempty"`
}

// Claim is a measured statement bound to its evidence. Without a proof it is
// shown as declared.
type Claim struct {
	Metric      text.Text `json:"metric"`
	Value       string    `json:"value"`
	Unit        string    `json:"unit,omitempty"`
	Baseline    text.Text `json:"baseline,omitzero"`
	Conditions  text.Text `json:"conditions,omitzero"`
	ProofKind   string    `json:"proof_kind,omitempty"`
	ProofFileID string    `json:"proof_file_id,omitempty"`
}

// The kinds of a claim's proof.
const (
	Declared   = "declared"
	Document   = "document"
	ThirdParty = "third_party"
)

// LevelEvidence is what a readiness level rests on.
type LevelEvidence struct {
	Level  int       `json:"level"`
	Text   text.Text `json:"text"`
	FileID string    `json:"file_id,omitempty"`
}

// IPItem is one right: a patent, a software copyright, a trade secret.
type IPItem struct {
	Kind       string    `json:"kind"`
	Number     string    `json:"number,omitempty"`
	Title      text.Text `json:"title,omitzero"`
	LegalState string    `json:"legal_state,omitempty"`
	// Owners are whose right it is; without any it is the listing's owner's.
	Owners []IPOwner `json:"owners,omitempty"`
	// Jurisdiction is where it holds: an ISO 3166 code, or EP, EA, WO; "" is
	// China.
	Jurisdiction string `json:"jurisdiction,omitempty"`
	// FamilyID names the family of rights on the same invention, and
	// RelatedNumbers the members of it elsewhere.
	FamilyID       string     `json:"family_id,omitempty"`
	RelatedNumbers []string   `json:"related_numbers,omitempty"`
	FiledOn        clock.Date `json:"filed_on,omitempty"`
	PublishedOn    clock.Date `json:"published_on,omitempty"`
	GrantedOn      clock.Date `json:"granted_on,omitempty"`
	ExpiresOn      clock.Date `json:"expires_on,omitempty"`
}

// IPOwner is one of the owners of a right: an organisation of the platform, or
// anybody by name.
type IPOwner struct {
	OrganisationID string `json:"organisation_id,omitempty"`
	Name           string `json:"name,omitempty"`
}

// The kinds of IP items that are patents 专利.
const (
	Invention    = "invention"
	UtilityModel = "utility_model"
	Design       = "design"
)

// Granted is the legal state 授权; only a granted patent is assigned or licensed.
const Granted = "granted"

// Contributor is a person with the share in the reward agreed so far.
type Contributor struct {
	PersonID string `json:"person_id"`
	// Name comes from the person and is never stored here.
	Name string          `json:"name,omitempty"`
	Role ContributorRole `json:"role"`
	// Weight is an integer share among all contributors. It is the owner's
	// affair: a reader's copy has none.
	Weight int64 `json:"weight,omitempty"`
	// Confirmed: the person has confirmed this role and weight. It comes from
	// the person's own answer and is never stored here.
	Confirmed bool `json:"confirmed,omitempty"`
}

// ContributorRole is the part a person had in a result.
type ContributorRole string

// The roles; the first two are the main contributors 主要贡献人员.
const (
	Completer ContributorRole = "COMPLETER" // 完成人
	Converter ContributorRole = "CONVERTER" // 转化人员
	Support   ContributorRole = "SUPPORT"   // 其他
)
