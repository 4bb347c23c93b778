package meili

import (
	"fmt"
	"slices"
	"strings"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// quote writes a string as a filter's value.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func oneOf(attribute string, values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quote(v)
	}
	return fmt.Sprintf("%s IN [%s]", attribute, strings.Join(quoted, ", "))
}

// share is a part of the documents that a reader sees: those read in the
// attributes of one tier. Shares do not overlap, so totals add up.
type share struct {
	filter string
	tier   policy.Tier
}

// shares divides what a reader sees. Documents read in full (one's own and
// those under an NDA) are read down to the narrowest tier, others down to the
// reader's own.
func shares(r search.Reader, byText bool) []share {
	own := policy.TierPublic
	var tiers []string
	for _, t := range policy.AllTiers {
		if r.Reads(t) {
			own = t
			tiers = append(tiers, string(t))
		}
	}
	open, full := oneOf(audienceAttribute, tiers), fullFilter(r)
	if !byText {
		return []share{{filter: or(open, full)}}
	}
	if full != "" {
		open = and(open, "NOT "+parenthesised(full))
	}
	var out []share
	for _, t := range policy.AllTiers {
		mine, ours := "", ""
		if r.Reads(t) {
			mine = and(open, read(own, t))
		}
		if full != "" {
			ours = and(full, read(policy.TierNDA, t))
		}
		if filter := or(mine, ours); filter != "" {
			out = append(out, share{filter: filter, tier: t})
		}
	}
	return out
}

// read are the documents that a reader of one tier reads in another's
// attributes.
func read(level, in policy.Tier) string {
	if level == policy.TierPublic {
		return "" // there is no other
	}
	return levelAttribute(level) + " = " + quote(string(in))
}

// fullFilter are the documents read in full beyond the reader's own tier.
func fullFilter(r search.Reader) string {
	if r.ReadsAll() {
		return ""
	}
	var parts []string
	if r.Organisation != "" {
		parts = append(parts, ownerAttribute+" = "+quote(r.Organisation))
	}
	if granted := r.Grants(); len(granted) > 0 {
		parts = append(parts, oneOf(keyAttribute, keys(granted)))
	}
	return or(parts...)
}

// filter is the query's own choices.
func filter(q *search.Query) string {
	var parts []string
	for _, f := range search.KeptFacets {
		if values := q.Filters[f]; len(values) > 0 {
			parts = append(parts, oneOf(facetAttribute(f), values))
		}
	}
	for _, n := range search.KeptNumbers {
		r, ok := q.Ranges[n]
		if !ok {
			continue
		}
		parts = append(parts, numberAttribute(n)+" EXISTS")
		if r.Min != nil {
			parts = append(parts, fmt.Sprintf("%s >= %d", numberAttribute(n), *r.Min))
		}
		if r.Max != nil {
			parts = append(parts, fmt.Sprintf("%s <= %d", numberAttribute(n), *r.Max))
		}
	}
	if len(q.Within) > 0 {
		parts = append(parts, oneOf(keyAttribute, keys(q.Within)))
	}
	if len(q.Without) > 0 {
		parts = append(parts, "NOT "+oneOf(keyAttribute, keys(q.Without)))
	}
	return and(parts...)
}

func and(parts ...string) string { return join(" AND ", parts) }
func or(parts ...string) string  { return join(" OR ", parts) }

func join(operator string, parts []string) string {
	parts = slices.DeleteFunc(slices.Clone(parts), func(s string) bool { return s == "" })
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	for i, p := range parts {
		parts[i] = parenthesised(p)
	}
	return strings.Join(parts, operator)
}

func parenthesised(s string) string { return "(" + s + ")" }
