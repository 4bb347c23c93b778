package indexing

import (
	"chengqiao/internal/catalog"
	"chengqiao/internal/duplicate"
)

// NewKeptHeads keeps what a store tells of live versions.
var NewKeptHeads = newKeptHeads

// ReadAchievementsBy makes d read the texts of achievements by the test's own.
func (d *Duplicates) ReadAchievementsBy(view func(catalog.AchievementContent) duplicate.View) {
	d.achievements.view = view
}
