// Package money owns amounts and rates: integer fen in a currency, basis
// points, and the three ways in which a part of an amount is rounded (half up,
// up, by largest remainder). Arithmetic is checked: what does not fit int64 is
// an error, never a wrong number. There is no float in it and none comes in.
package money

import (
	"bytes"
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"

	"chengqiao/internal/errs"
)

// Errors of arithmetic, to compare with errors.Is.
var (
	// ErrOverflow: the result does not fit int64 fen (about ±92 trillion yuan).
	ErrOverflow = errs.New(errs.Invalid, "amount_overflow")
	// ErrCurrency: amounts of two currencies were mixed.
	ErrCurrency = errs.New(errs.Invalid, "currency_mismatch")
	// ErrFormat: a text is not a decimal of at most two places.
	ErrFormat = errs.New(errs.Invalid, "amount_format")
	// ErrPrecision: a text has more places than the currency has.
	ErrPrecision = errs.New(errs.Invalid, "amount_precision")
	// ErrNotText: an amount came as a JSON number, which readers turn into a
	// float.
	ErrNotText = errs.New(errs.Invalid, "amount_not_text")
	// ErrUnknownCurrency: the currency is none that the program keeps.
	ErrUnknownCurrency = errs.New(errs.Invalid, "currency_unknown")
)

// Currency is an ISO 4217 code; "" stands for CNY.
type Currency string

// CNY is the currency of everything that says no other.
const CNY Currency = "CNY"

// currencies are those an amount can have: each has two decimal places, so
// that int64 holds hundredths of all of them.
var currencies = map[Currency]bool{
	CNY: true, "EUR": true, "GBP": true, "HKD": true, "KGS": true,
	"KZT": true, "RUB": true, "TJS": true, "USD": true, "UZS": true,
}

// Amount is an amount of money in hundredths of its currency (fen for CNY).
// The zero value is 0.00 CNY; two amounts compare with ==.
type Amount struct {
	fen int64
	// currency is "" for CNY, so that the zero value equals Fen(0).
	currency Currency
}

// Fen is an amount of CNY.
func Fen(fen int64) Amount { return Amount{fen: fen} }

// New is an amount of any known currency in its hundredths; the error is
// ErrUnknownCurrency.
func New(hundredths int64, c Currency) (Amount, error) {
	if c == "" || c == CNY {
		return Fen(hundredths), nil
	}
	if !currencies[c] {
		return Amount{}, ErrUnknownCurrency
	}
	return Amount{fen: hundredths, currency: c}, nil
}

// Fen is the amount in hundredths of its currency.
func (a Amount) Fen() int64 { return a.fen }

// Currency is the amount's currency, never "".
func (a Amount) Currency() Currency {
	if a.currency == "" {
		return CNY
	}
	return a.currency
}

// Add is a + b, or ErrCurrency, or ErrOverflow.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.currency != b.currency {
		return Amount{}, ErrCurrency
	}
	sum, err := Add(a.fen, b.fen)
	return Amount{fen: sum, currency: a.currency}, err
}

// Sub is a − b, or ErrCurrency, or ErrOverflow.
func (a Amount) Sub(b Amount) (Amount, error) {
	if a.currency != b.currency {
		return Amount{}, ErrCurrency
	}
	diff, err := Sub(a.fen, b.fen)
	return Amount{fen: diff, currency: a.currency}, err
}

// Split divides the amount over weights as the function Split does.
func (a Amount) Split(weights []int64) ([]Amount, error) {
	parts, err := Split(a.fen, weights)
	if err != nil {
		return nil, err
	}
	out := make([]Amount, len(parts))
	for i, p := range parts {
		out[i] = Amount{fen: p, currency: a.currency}
	}
	return out, nil
}

// String is the decimal text without the currency: "-1234.50".
func (a Amount) String() string { return FormatFen(a.fen) }

// wireAmount is an amount as the API writes it.
type wireAmount struct {
	Amount   json.RawMessage `json:"amount"`
	Currency Currency        `json:"currency"`
}

// MarshalJSON writes {"amount":"1234.50","currency":"CNY"}.
func (a Amount) MarshalJSON() ([]byte, error) {
	return json.Marshal(wireAmount{
		Amount:   json.RawMessage(strconv.Quote(a.String())),
		Currency: a.Currency(),
	})
}

// UnmarshalJSON reads what MarshalJSON writes; without a currency it is CNY.
// It refuses a number in place of the text (ErrNotText), texts as ParseFen
// does, and an unknown currency (ErrUnknownCurrency). A JSON null leaves the
// amount as it is, as encoding/json wants.
func (a *Amount) UnmarshalJSON(raw []byte) error {
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	var w wireAmount
	if err := json.Unmarshal(raw, &w); err != nil {
		return errs.Wrap(errs.Invalid, ErrFormat.Code, err)
	}
	var text string
	if err := json.Unmarshal(w.Amount, &text); err != nil || len(w.Amount) == 0 || w.Amount[0] != '"' {
		return ErrNotText
	}
	fen, err := ParseFen(text)
	if err != nil {
		return err
	}
	parsed, err := New(fen, w.Currency)
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}

// ParseFen reads a decimal text into fen: an optional minus, digits without
// separators or needless leading zeros, and at most two places after a point.
// Errors: ErrFormat, ErrPrecision, ErrOverflow.
func ParseFen(s string) (int64, error) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, places, hasPoint := strings.Cut(digits, ".")
	if !allDigits(whole) || (len(whole) > 1 && whole[0] == '0') || (hasPoint && !allDigits(places)) {
		return 0, ErrFormat
	}
	if len(places) > 2 {
		return 0, ErrPrecision
	}
	sign := ""
	if negative {
		sign = "-"
	}
	fen, err := strconv.ParseInt(sign+whole+(places + "00")[:2], 10, 64)
	if err != nil {
		return 0, ErrOverflow
	}
	return fen, nil
}

// FormatFen writes fen as a decimal text with two places: "-1234.50".
func FormatFen(fen int64) string {
	sign, magnitude := "", uint64(fen)
	if fen < 0 {
		// Two's complement makes this right for math.MinInt64 too.
		sign, magnitude = "-", -magnitude
	}
	text := strconv.FormatUint(magnitude, 10)
	if len(text) < 3 {
		text = strings.Repeat("0", 3-len(text)) + text
	}
	point := len(text) - 2
	return sign + text[:point] + "." + text[point:]
}

// Add is a + b of fen, or ErrOverflow.
func Add(a, b int64) (int64, error) {
	sum := a + b
	if (sum > a) != (b > 0) && b != 0 {
		return 0, ErrOverflow
	}
	return sum, nil
}

// Sub is a − b of fen, or ErrOverflow.
func Sub(a, b int64) (int64, error) {
	diff := a - b
	if (diff < a) != (b > 0) && b != 0 {
		return 0, ErrOverflow
	}
	return diff, nil
}

// Sum adds all amounts of fen, or says ErrOverflow when the total does not
// fit; the order of the parts does not matter.
func Sum(parts ...int64) (int64, error) {
	total, carry := int64(0), new(big.Int)
	for i, p := range parts {
		next, err := Add(total, p)
		if err != nil {
			carry.SetInt64(total)
			for _, rest := range parts[i:] {
				carry.Add(carry, big.NewInt(rest))
			}
			return fromBig(carry)
		}
		total = next
	}
	return total, nil
}

func fromBig(b *big.Int) (int64, error) {
	if !b.IsInt64() {
		return 0, ErrOverflow
	}
	return b.Int64(), nil
}

// Max is the largest amount of fen that the program can hold.
const Max int64 = math.MaxInt64

// MaxWritten is the largest amount of fen that the API reads and writes: fifteen
// digits before the point. What is summed from amounts that came in has to stay
// within it, or it could not be shown any more.
const MaxWritten int64 = 99_999_999_999_999_999

func allDigits(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
