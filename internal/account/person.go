package account

import (
	"net/mail"
	"strings"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/text"
)

// Person is a natural person as one party names them: themselves by
// registering, or an organisation by naming a contributor.
type Person struct {
	ID   string
	Name string // "" once erased
	// NamedBy is the organisation that made the entry; "" for one's own.
	NamedBy string
	// AccountID is who is this person; "" until the entry is claimed.
	AccountID string
	CreatedAt time.Time
	ErasedAt  time.Time // zero while it is not
}

// Claimed tells whether an account is this person.
func (p Person) Claimed() bool { return p.AccountID != "" }

// Account is the right to sign in.
type Account struct {
	ID       string
	Position lifecycle.Position
	Version  int64
	// PersonID is the account's own entry; others may be claimed besides.
	PersonID string
	// StateReason is why it is suspended; "" while it is not.
	StateReason string
	Locale      string
	// PasswordHash is in PHC form (see Passwords); "" once erased.
	PasswordHash string
	CreatedAt    time.Time
}

// IdentifierKind is the sort of a sign-in identifier.
type IdentifierKind string

// Email is the only kind so far; telephone and outside identities are rows of
// the same table.
const Email IdentifierKind = "email"

// Identifier is one way to name an account when signing in.
type Identifier struct {
	ID        string
	AccountID string
	Kind      IdentifierKind
	Value     string // as typed
	Folded    string // unique by kind
	// VerifiedAt is when its owner proved it; zero until then.
	VerifiedAt time.Time
}

// The bounds of personal texts, in characters.
const (
	maxName    = 100
	maxEmail   = 254 // RFC 5321 section 4.5.3.1.3, less the angle brackets
	minPass    = 10
	maxPass    = 200
	minSymbols = 5
)

// FoldEmail is the form in which addresses are compared. The part before the
// @ could by the standard differ by case; no provider does so, and two
// accounts of one mailbox would help impostors alone.
func FoldEmail(address string) string { return text.Fold(strings.TrimSpace(address)) }

// checkEmail gives the address without space around it.
func checkEmail(path, address string) (string, []errs.Field) {
	address = strings.TrimSpace(address)
	switch parsed, err := mail.ParseAddress(address); {
	case address == "":
		return "", []errs.Field{{Path: path, Code: "required"}}
	case text.Length(address) > maxEmail:
		return "", []errs.Field{{Path: path, Code: "too_long", Params: errs.Params{"max": maxEmail}}}
	case err != nil || parsed.Address != address || !strings.Contains(address[strings.LastIndex(address, "@"):], "."):
		return "", []errs.Field{{Path: path, Code: "email_invalid"}}
	}
	return address, nil
}

func checkName(path, name string) (string, []errs.Field) {
	name = strings.Join(strings.Fields(name), " ")
	switch {
	case text.Blank(name):
		return "", []errs.Field{{Path: path, Code: "required"}}
	case text.Length(name) > maxName:
		return "", []errs.Field{{Path: path, Code: "too_long", Params: errs.Params{"max": maxName}}}
	}
	return name, nil
}

func checkLocale(path, locale string) []errs.Field {
	if locale != text.Chinese && locale != text.English {
		return []errs.Field{{Path: path, Code: "unknown_value"}}
	}
	return nil
}

// checkPassword asks for length, not for kinds of characters (NIST SP 800-63B
// section 3.1.1.2), and refuses what a guesser tries first: the address, the
// name, and a few characters repeated.
func checkPassword(path, password string, known ...string) []errs.Field {
	switch n := text.Length(password); {
	case n < minPass:
		return []errs.Field{{Path: path, Code: "too_short", Params: errs.Params{"min": minPass}}}
	case n > maxPass:
		return []errs.Field{{Path: path, Code: "too_long", Params: errs.Params{"max": maxPass}}}
	}
	symbols := map[rune]bool{}
	for _, r := range password {
		symbols[r] = true
	}
	folded := text.Fold(password)
	for _, k := range known {
		if k != "" && folded == text.Fold(k) {
			return []errs.Field{{Path: path, Code: "password_guessable"}}
		}
	}
	if len(symbols) < minSymbols {
		return []errs.Field{{Path: path, Code: "password_guessable"}}
	}
	return nil
}
