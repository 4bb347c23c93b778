package contract

import (
	"fmt"
	"slices"
	"strings"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/money"
	"chengqiao/internal/text"
)

// Type is the kind of a technology contract (Civil Code 851-887).
type Type string

// The types.
const (
	DevelopmentCommissioned Type = "development_commissioned" // 委托开发
	DevelopmentJoint        Type = "development_joint"        // 合作开发
	TransferPatent          Type = "transfer_patent"          // 专利权转让
	TransferApplication     Type = "transfer_application"     // 专利申请权转让
	TransferKnowHow         Type = "transfer_know_how"        // 技术秘密转让
	LicencePatent           Type = "licence_patent"           // 专利实施许可
	LicenceKnowHow          Type = "licence_know_how"         // 技术秘密使用许可
	Consulting              Type = "consulting"               // 技术咨询
	ServiceType             Type = "service"                  // 技术服务
	ServiceIntermediary     Type = "service_intermediary"     // 技术中介
	ServiceTraining         Type = "service_training"         // 技术培训
)

// Types lists every type in the order of the Civil Code.
var Types = []Type{
	DevelopmentCommissioned, DevelopmentJoint, TransferPatent, TransferApplication, TransferKnowHow,
	LicencePatent, LicenceKnowHow, Consulting, ServiceType, ServiceIntermediary, ServiceTraining,
}

// Terms are what the parties agree on, while the contract is a draft. They
// are stored as they stand.
type Terms struct {
	Type Type   `json:"type"`
	Name string `json:"name"`
	// Total 成交总额.
	Total money.Amount `json:"total"`
	// TechnologyAmount 技术交易额: the total less equipment, parts and materials.
	TechnologyAmount money.Amount `json:"technology_amount"`
	Payment          PaymentPlan  `json:"payment"`
	BeginOn          clock.Date   `json:"begin_on,omitempty"`
	EndOn            clock.Date   `json:"end_on,omitempty"`
	// RelatedParty: buyer and seller, or their people, depend on each other
	// 关联交易.
	RelatedParty   bool   `json:"related_party,omitempty"`
	TechnicalField string `json:"technical_field,omitempty"`
	Notes          string `json:"notes,omitempty"`
}

// PaymentKind says how the total is paid.
type PaymentKind string

// The kinds.
const (
	LumpSum     PaymentKind = "lump_sum"    // 一次总付
	Instalments PaymentKind = "instalments" // 分期支付
)

// PaymentPlan says when the total is due.
type PaymentPlan struct {
	Kind PaymentKind `json:"kind"`
	// DueOn is when a lump sum is due; "" for when the contract is signed.
	DueOn clock.Date `json:"due_on,omitempty"`
	// Instalments sum to the total.
	Instalments []Instalment `json:"instalments,omitempty"`
}

// Instalment is a part of the total, due on a date or at a milestone.
type Instalment struct {
	Amount    money.Amount `json:"amount"`
	DueOn     clock.Date   `json:"due_on,omitempty"`
	Milestone string       `json:"milestone,omitempty"`
}

// Limits of the terms: characters, and instalments.
const (
	MaxName           = 300
	MaxNotes          = 5000
	MaxMilestone      = 200
	MaxTechnicalField = 30
	MaxInstalments    = 60
)

// faults collects what makes terms senseless, with paths under a prefix
// ("terms." or "").
func (t Terms) faults(prefix string) []errs.Field {
	c := checker{prefix: prefix}
	if !slices.Contains(Types, t.Type) {
		c.add("type", "unknown_value")
	}
	c.required("name", t.Name, MaxName)
	c.length("notes", t.Notes, MaxNotes)
	c.length("technical_field", t.TechnicalField, MaxTechnicalField)
	c.positive("total", t.Total)
	c.currency("technology_amount", t.TechnologyAmount)
	if fen := t.TechnologyAmount.Fen(); fen < 0 || fen > t.Total.Fen() {
		c.add("technology_amount", "out_of_range")
	}
	c.date("begin_on", t.BeginOn)
	c.date("end_on", t.EndOn)
	if t.BeginOn != "" && t.EndOn != "" && t.EndOn < t.BeginOn {
		c.add("end_on", "before_begin")
	}
	t.Payment.check(&c, t.Total.Fen())
	return c.fields
}

func (p PaymentPlan) check(c *checker, total int64) {
	switch p.Kind {
	case LumpSum:
		c.date("payment.due_on", p.DueOn)
		if len(p.Instalments) > 0 {
			c.add("payment.instalments", "not_with_lump_sum")
		}
		return
	case Instalments:
	default:
		c.add("payment.kind", "unknown_value")
		return
	}
	if p.DueOn != "" {
		c.add("payment.due_on", "only_with_lump_sum")
	}
	switch n := len(p.Instalments); {
	case n == 0:
		c.add("payment.instalments", "required")
		return
	case n > MaxInstalments:
		c.addp("payment.instalments", "too_many", errs.Params{"max": MaxInstalments})
		return
	}
	parts := make([]int64, len(p.Instalments))
	for i, part := range p.Instalments {
		path := fmt.Sprintf("payment.instalments[%d].", i)
		c.positive(path+"amount", part.Amount)
		c.date(path+"due_on", part.DueOn)
		c.length(path+"milestone", part.Milestone, MaxMilestone)
		if part.DueOn == "" && text.Blank(part.Milestone) {
			c.add(path+"due_on", "date_or_milestone_required")
		}
		parts[i] = part.Amount.Fen()
	}
	if sum, err := money.Sum(parts...); err != nil || sum != total {
		c.addp("payment.instalments", "sum_differs_from_total", errs.Params{"total_cny": money.FormatFen(total), "sum_cny": money.FormatFen(sum)})
	}
}

// checker collects the faults of a form.
type checker struct {
	prefix string
	fields []errs.Field
}

func (c *checker) add(path, code string) { c.addp(path, code, nil) }

func (c *checker) addp(path, code string, params errs.Params) {
	c.fields = append(c.fields, errs.Field{Path: c.prefix + path, Code: code, Params: params})
}

func (c *checker) required(path, s string, limit int) {
	if text.Blank(s) {
		c.add(path, "required")
	}
	c.length(path, s, limit)
}

func (c *checker) length(path, s string, limit int) {
	if strings.ContainsRune(s, 0) {
		c.add(path, "wrong_format") // PostgreSQL stores no such text
	}
	if text.Length(s) > limit {
		c.addp(path, "too_long", errs.Params{"max": limit})
	}
}

func (c *checker) date(path string, d clock.Date) {
	if d == "" {
		return
	}
	if _, err := clock.ParseDate(string(d)); err != nil {
		c.add(path, "wrong_format")
	}
}

// past wants a date that is not after today.
func (c *checker) past(path string, d, today clock.Date) {
	if d == "" {
		c.add(path, "required")
		return
	}
	c.date(path, d)
	if d > today {
		c.add(path, "in_the_future")
	}
}

func (c *checker) currency(path string, a money.Amount) {
	if a.Currency() != money.CNY {
		c.add(path, "currency_not_cny")
	}
}

func (c *checker) positive(path string, a money.Amount) {
	c.currency(path, a)
	if a.Fen() <= 0 {
		c.add(path, "not_positive")
	}
}

func (c *checker) notNegative(path string, a money.Amount) {
	c.currency(path, a)
	if a.Fen() < 0 {
		c.add(path, "negative")
	}
}
