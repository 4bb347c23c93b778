package config

import (
	"fmt"
	"log/slog"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Bytes is a size. It is written as a number, or with KiB, MiB or GiB.
type Bytes int64

// Secret is a setting that is never printed, not by fmt, not by slog, not as
// JSON or YAML.
type Secret string

// Reveal gives the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String tells only whether there is one.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "(secret)"
}

// GoString is String, for %#v.
func (s Secret) GoString() string { return strconv.Quote(s.String()) }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText implements encoding.TextMarshaler.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

var (
	durationType = reflect.TypeFor[time.Duration]()
	bytesType    = reflect.TypeFor[Bytes]()
	secretType   = reflect.TypeFor[Secret]()
)

// set reads a value from YAML (of any type), the environment or a flag (text)
// into a field, or tells what is wrong.
func set(field reflect.Value, value any) *faultyValue {
	switch {
	case field.Type() == durationType:
		d, err := time.ParseDuration(text(value))
		if err != nil {
			return wrongDuration
		}
		field.SetInt(int64(d))
		return nil
	case field.Type() == bytesType:
		n, err := parseBytes(text(value))
		if err != nil {
			return wrongSize
		}
		field.SetInt(int64(n))
		return nil
	}
	switch field.Kind() {
	case reflect.String:
		if !scalar(value) {
			return wrongType
		}
		field.SetString(text(value))
	case reflect.Bool:
		b, err := strconv.ParseBool(text(value))
		if err != nil {
			return notABool
		}
		field.SetBool(b)
	case reflect.Float64:
		x, err := strconv.ParseFloat(text(value), 64)
		if err != nil {
			return notADecimal
		}
		field.SetFloat(x)
	case reflect.Int:
		n, err := strconv.Atoi(text(value))
		if err != nil {
			return notANumber
		}
		field.SetInt(int64(n))
	case reflect.Slice:
		return setList(field, value)
	default:
		panic(fmt.Sprintf("config: no way to read a %s", field.Type()))
	}
	return nil
}

func setList(field reflect.Value, value any) *faultyValue {
	var items []any
	switch v := value.(type) {
	case []any:
		items = v
	case string: // from the environment or a flag
		for item := range strings.SplitSeq(v, ",") {
			if item = strings.TrimSpace(item); item != "" {
				items = append(items, item)
			}
		}
	case nil:
		return wrongType
	default:
		items = []any{v} // one without brackets
	}
	list := reflect.MakeSlice(field.Type(), len(items), len(items))
	for i, item := range items {
		if fault := set(list.Index(i), item); fault != nil {
			return fault
		}
	}
	field.Set(list)
	return nil
}

func scalar(value any) bool {
	switch value.(type) {
	case nil, string, bool, int, int64, uint64, float64:
		return true
	}
	return false
}

func text(value any) string {
	if value == nil {
		return ""
	}
	return strings.TrimSpace(fmt.Sprint(value))
}

// parseBytes reads a size that is not negative.
func parseBytes(s string) (Bytes, error) {
	unit := int64(1)
	for suffix, factor := range map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30} {
		if number, ok := strings.CutSuffix(s, suffix); ok {
			s, unit = strings.TrimSpace(number), factor
			break
		}
	}
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil || int64(n) > math.MaxInt64/unit {
		return 0, fmt.Errorf("not a size: %q", s)
	}
	return Bytes(int64(n) * unit), nil
}
