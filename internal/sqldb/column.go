package sqldb

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// JSON carries a T in a JSONB column, both ways. The encoded value must be an
// object: SQLite's JSONB column has numeric affinity and would turn the text
// '007' into 7; a nil map or pointer is stored as {}.
//
//	db.Exec(ctx, `INSERT … VALUES ($1)`, sqldb.JSON[Terms]{V: terms})
//	row.Scan(sqldb.IntoJSON(&terms))
type JSON[T any] struct{ V T }

// Value implements driver.Valuer.
func (j JSON[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(j.V)
	if err != nil {
		return nil, fmt.Errorf("sqldb: encode JSON column: %w", err)
	}
	if string(b) == "null" {
		return "{}", nil
	}
	if b[0] != '{' {
		return nil, fmt.Errorf("sqldb: a JSON column holds objects only, not %T", j.V)
	}
	return string(b), nil
}

// Scan implements sql.Scanner; NULL leaves the zero T.
func (j *JSON[T]) Scan(src any) error { return scanJSON(src, &j.V) }

// ToJSON is the argument that stores v in a JSONB column.
func ToJSON[T any](v T) driver.Valuer { return JSON[T]{V: v} }

// IntoJSON scans a JSONB column into dst; NULL leaves dst as it is.
func IntoJSON[T any](dst *T) sql.Scanner { return jsonInto[T]{dst} }

type jsonInto[T any] struct{ dst *T }

func (j jsonInto[T]) Scan(src any) error { return scanJSON(src, j.dst) }

func scanJSON(src, dst any) error {
	var b []byte
	switch v := src.(type) {
	case nil:
		return nil
	case string:
		b = []byte(v)
	case []byte:
		b = v
	default:
		return fmt.Errorf("sqldb: JSON column came as %T", src)
	}
	if err := json.Unmarshal(b, dst); err != nil {
		return fmt.Errorf("sqldb: decode JSON column: %w", err)
	}
	return nil
}

// NullText is the argument for a nullable text column, NULL for "": optional
// foreign keys and unique columns need NULL, not the empty text.
func NullText[S ~string](s S) any {
	if s == "" {
		return nil
	}
	return string(s)
}

// IntoText scans a nullable text column, "" for NULL.
func IntoText[S ~string](dst *S) sql.Scanner { return textInto[S]{dst} }

type textInto[S ~string] struct{ dst *S }

func (t textInto[S]) Scan(src any) error {
	var n sql.NullString
	if err := n.Scan(src); err != nil {
		return err
	}
	*t.dst = S(n.String)
	return nil
}

// NullInt is the argument for a nullable integer column, NULL for 0.
func NullInt[I ~int64](i I) any {
	if i == 0 {
		return nil
	}
	return int64(i)
}

// Placeholders is "$first, $first+1, …" for n values, for an IN list.
func Placeholders(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(first + i))
	}
	return b.String()
}

// Args appends a slice of any type to arguments, for an IN list.
func Args[T any](args []any, values []T) []any {
	for _, v := range values {
		args = append(args, v)
	}
	return args
}

// LikePrefix is the LIKE pattern (with ESCAPE '\') of values that begin with s.
func LikePrefix(s string) string { return likeEscape.Replace(s) + "%" }

// LikeContains is the LIKE pattern (with ESCAPE '\') of values that contain s.
func LikeContains(s string) string { return "%" + likeEscape.Replace(s) + "%" }

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
