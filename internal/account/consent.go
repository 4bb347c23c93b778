package account

import (
	"slices"
	"time"

	"chengqiao/internal/errs"
)

// ConsentPurpose is what personal data may be used for.
type ConsentPurpose string

// The purposes. Without the first two there is no account.
const (
	ConsentTerms   ConsentPurpose = "terms"
	ConsentPrivacy ConsentPurpose = "privacy"
	// ConsentContact lets the other side of one's deals see one's address (PIPL art. 23).
	ConsentContact ConsentPurpose = "contact_disclosure"
)

var consentPurposes = []ConsentPurpose{ConsentTerms, ConsentPrivacy, ConsentContact}

// requiredConsents are needed as long as there is an account: who takes one
// back erases the account instead.
var requiredConsents = []ConsentPurpose{ConsentTerms, ConsentPrivacy}

// Consent is one decision about one purpose and version of its text; the last
// one of a purpose counts, and all are kept as proof (PIPL arts. 14-16).
type Consent struct {
	ID        string         `json:"-"`
	AccountID string         `json:"-"`
	Purpose   ConsentPurpose `json:"purpose"`
	Version   string         `json:"version"`
	Given     bool           `json:"given"`
	At        time.Time      `json:"-"`
}

const maxConsentVersion = 20

func checkConsent(path string, c Consent) []errs.Field {
	var faults []errs.Field
	if !slices.Contains(consentPurposes, c.Purpose) {
		faults = append(faults, errs.Field{Path: path + "purpose", Code: "unknown_value"})
	}
	if c.Version == "" {
		faults = append(faults, errs.Field{Path: path + "version", Code: "required"})
	}
	if len(c.Version) > maxConsentVersion {
		faults = append(faults, errs.Field{Path: path + "version", Code: "too_long", Params: errs.Params{"max": maxConsentVersion}})
	}
	return faults
}
