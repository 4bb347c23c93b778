package httpapi

import (
	"strconv"
	"strings"

	"chengqiao/internal/errs"
)

// etag is the wire form of a version.
func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// ifMatch reads the version of an If-Match header; errs.Malformed
// "malformed_if_match" otherwise.
func ifMatch(header string) (int64, error) {
	v, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(header, "W/"), `"`), 10, 64)
	if err != nil || v < 0 {
		return 0, errs.New(errs.Malformed, "malformed_if_match")
	}
	return v, nil
}

// pageSize bounds a page: 20 when unsaid, 100 at most (the contract refuses more).
func pageSize(wish int) int {
	if wish <= 0 {
		return 20
	}
	return min(wish, 100)
}

// list converts a slice for the wire; never nil, since the contract promises an array.
func list[A, B any](in []A, convert func(A) B) []B {
	out := make([]B, 0, len(in))
	for _, v := range in {
		out = append(out, convert(v))
	}
	return out
}
