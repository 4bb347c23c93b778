package account

import (
	"slices"
	"strings"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// CredentialKind is the sort of a credential.
type CredentialKind string

// The kinds. The first three prove what an organisation is; a broker's
// certificate proves what a person has learnt.
const (
	BusinessLicence        CredentialKind = "business_licence"        // 营业执照
	InstitutionCertificate CredentialKind = "institution_certificate" // 事业单位法人证书
	OtherRegistration      CredentialKind = "other_registration"      // 社会团体、民办非企业单位等登记证书
	BrokerCertificate      CredentialKind = "broker_certificate"      // 技术经纪（经理）人证书
)

var identityKinds = []CredentialKind{BusinessLicence, InstitutionCertificate, OtherRegistration}

// BrokerLevel is the level of a broker's certificate (domain.md section 5).
type BrokerLevel string

// The levels.
const (
	JuniorBroker       BrokerLevel = "junior"       // 初级技术经纪人
	IntermediateBroker BrokerLevel = "intermediate" // 中级技术经纪人
	SeniorManager      BrokerLevel = "senior"       // 高级技术经理人
)

var brokerLevels = []BrokerLevel{JuniorBroker, IntermediateBroker, SeniorManager}

// Credential is a document that the platform's verifier looks at: of an
// organisation, or of one of its people.
type Credential struct {
	ID       string
	Position lifecycle.Position
	Version  int64
	OrgID    string
	// PersonID is whose certificate it is; "" for the organisation's.
	PersonID string
	CredentialForm
	// StateReason is why it was refused or revoked; "" otherwise.
	StateReason string
	SubmittedAt time.Time
	SubmittedBy string // account
	DecidedAt   time.Time
}

// CredentialForm is what is said of a credential.
type CredentialForm struct {
	Kind   CredentialKind
	Level  BrokerLevel // of a broker's certificate
	Number string
	Issuer string
	// ValidUntil is its last day; "" when it has none.
	ValidUntil clock.Date
	// FileID is its copy, a file of the organisation.
	FileID string
}

// identity tells whether it proves what the organisation is.
func (c Credential) identity() bool { return slices.Contains(identityKinds, c.Kind) }

// current tells whether it holds, or waits for the decision that it does.
func (c Credential) current(today clock.Date) bool {
	return (c.Position.State == CredentialVerified || c.Position.State == CredentialSubmitted) &&
		(c.ValidUntil == "" || c.ValidUntil >= today)
}

// CredentialView is a credential as one reader may see it.
type CredentialView struct {
	Credential
	PersonName       string
	OrganisationName text.Text
	// Actions are the verbs of the steps that the reader may take now.
	Actions []string
}

// Broker is a person with a verified certificate, as everybody sees it.
type Broker struct {
	Name       string
	Level      BrokerLevel
	Number     string
	Issuer     string
	ValidUntil clock.Date
}

// The bounds of a credential's texts, in characters, and of how many one
// organisation can have.
const (
	maxCertificateNumber = 100
	maxIssuer            = 200
	maxCredentials       = 200
)

// check gives the form in canonical form, with its faults.
func (f CredentialForm) check(today clock.Date) (CredentialForm, []errs.Field) {
	var faults []errs.Field
	fault := func(path, code string, params errs.Params) {
		faults = append(faults, errs.Field{Path: path, Code: code, Params: params})
	}
	required := func(path string, value *string, most int) {
		*value = strings.TrimSpace(*value)
		switch n := text.Length(*value); {
		case text.Blank(*value):
			fault(path, "required", nil)
		case n > most:
			fault(path, "too_long", errs.Params{"max": most})
		}
	}
	broker := f.Kind == BrokerCertificate
	if !broker && !slices.Contains(identityKinds, f.Kind) {
		fault("kind", "unknown_value", nil)
	}
	switch {
	case broker && !slices.Contains(brokerLevels, f.Level):
		fault("level", "unknown_value", nil)
	case !broker && f.Level != "":
		fault("level", "unknown_value", nil)
	}
	required("number", &f.Number, maxCertificateNumber)
	required("issuer", &f.Issuer, maxIssuer)
	if f.ValidUntil != "" {
		if d, err := clock.ParseDate(string(f.ValidUntil)); err != nil {
			fault("valid_until", "wrong_format", nil)
		} else if d < today {
			fault("valid_until", "date_past", nil)
		}
	}
	return f, faults
}

// CredentialFilter chooses credentials, by id; empty fields choose all.
type CredentialFilter struct {
	OrgID    string
	PersonID string
	State    lifecycle.State
	// Due are those whose last day is before it; "" chooses all.
	Due   clock.Date
	After string
	Limit int
}

// action is the one by which a credential of the kind is submitted: the
// organisation's by who decides for it, one's own certificate by oneself.
func (f CredentialForm) action() policy.Action {
	if f.Kind == BrokerCertificate {
		return policy.CredentialSubmitOwn
	}
	return policy.CredentialSubmit
}

// facts are what policy knows of a credential.
func (c Credential) facts() policy.Facts {
	f := policy.Facts{OwnerOrg: c.OrgID}
	if c.PersonID != "" {
		f.Persons = []string{c.PersonID}
	}
	return f
}
