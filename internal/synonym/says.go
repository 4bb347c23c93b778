package synonym

import (
	"strings"

	"chengqiao/internal/search/analysis"
)

// says tells whether one of a group's expressions contains what is looked for,
// as it is written or as search compares it.
func (g Group) says(query, spelling string) bool {
	for _, e := range g.Expressions {
		if strings.Contains(strings.ToLower(e), strings.ToLower(query)) ||
			spelling != "" && strings.Contains(analysis.Spelling(e), spelling) {
			return true
		}
	}
	return false
}
