// Package catalog owns what institutes offer: achievements 科技成果 and
// achievement packages 成果包. It says what each of them contains, what a draft
// must always satisfy and what submission wants, which of its fields stand in
// which disclosure tier, and by which states it goes. What all listings have
// in common (working copies, review, versions, expiry, disclosure, import) it
// takes from package listing. It does not own prices agreed, contracts or
// rewards; those begin from the components and contributors kept here.
package catalog
