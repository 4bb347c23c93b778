package policy

import "slices"

// TokenScope is a group of actions that an API token is made for. A token does
// what its maker may do at that moment in its organisation and its scopes name,
// and nothing else.
type TokenScope string

// The scopes. A scope to write has the reading that writing needs.
const (
	ScopeCatalogueRead    TokenScope = "catalogue:read"
	ScopeCatalogueWrite   TokenScope = "catalogue:write"
	ScopeNeedsRead        TokenScope = "needs:read"
	ScopeNeedsWrite       TokenScope = "needs:write"
	ScopeDealsRead        TokenScope = "deals:read"
	ScopeDealsWrite       TokenScope = "deals:write"
	ScopeRewardsRead      TokenScope = "rewards:read"
	ScopeOrganisationRead TokenScope = "organisation:read"
	ScopeStatisticsRead   TokenScope = "statistics:read"
)

// AllTokenScopes in the order in which they are offered.
var AllTokenScopes = []TokenScope{
	ScopeCatalogueRead, ScopeCatalogueWrite, ScopeNeedsRead, ScopeNeedsWrite, ScopeDealsRead, ScopeDealsWrite,
	ScopeRewardsRead, ScopeOrganisationRead, ScopeStatisticsRead,
}

var (
	readCatalogue = []Action{SearchRun, OrganisationRead, AchievementRead, AchievementInside, AchievementVersions,
		PackageRead, PackageInside, PackageVersions, AgreementRead, NeedRead, ListingExport, MatchPrecision}
	readNeeds = []Action{SearchRun, OrganisationRead, NeedRead, NeedInside, AchievementRead, PackageRead, MatchRead, MatchPrecision, ListingExport}
	readDeals = []Action{IntroductionRead, DealRead, DealReadMessages, ContractRead, ReceiptRead,
		AchievementRead, PackageRead, NeedRead, OrganisationRead}
)

// scopeActions is what each scope covers. What binds an organisation (signing,
// deciding, paying), what the platform's people do, and what opens an account
// or gives rights stands in no scope: a person does it in person.
var scopeActions = map[TokenScope][]Action{
	ScopeCatalogueRead: readCatalogue,
	ScopeCatalogueWrite: slices.Concat(readCatalogue, []Action{
		AchievementCreate, AchievementEdit, AchievementSubmit, AchievementRecall, AchievementDiscard,
		AchievementSuspend, AchievementResume, AchievementConfirm, AchievementRevoke,
		PackageCreate, PackageEdit, PackageSubmit, PackageRecall, PackageDiscard,
		PackageSuspend, PackageResume, PackageConfirm, PackageRevoke, FileUpload, MemberList, PersonInvite, ListingImport,
	}),
	ScopeNeedsRead: readNeeds,
	ScopeNeedsWrite: slices.Concat(readNeeds, []Action{
		NeedCreate, NeedEdit, NeedSubmit, NeedRecall, NeedDiscard, NeedSuspend, NeedResume, NeedReopen, NeedClose,
		FileUpload, MatchFeedback, ListingImport,
	}),
	ScopeDealsRead: readDeals,
	ScopeDealsWrite: slices.Concat(readDeals, []Action{
		IntroductionCreate, IntroductionAccept, IntroductionDecline, IntroductionWithdraw, DealMessage,
	}),
	ScopeRewardsRead:      {PlanRead, RewardRead, ContractRead},
	ScopeOrganisationRead: {OrganisationRead, OrganisationReadPrivate, MemberList},
	ScopeStatisticsRead:   {StatisticsRead},
}

// Covers tells whether the way the actor came in reaches an action: a session
// reaches all, a token those of its scopes.
func (a Actor) Covers(action Action) bool {
	if a.TokenID == "" {
		return true
	}
	return slices.ContainsFunc(a.TokenScopes, func(s TokenScope) bool { return slices.Contains(scopeActions[s], action) })
}

// ScopesFor are the scopes that cover an action; none for what takes a session.
func ScopesFor(action Action) []TokenScope {
	var out []TokenScope
	for _, s := range AllTokenScopes {
		if slices.Contains(scopeActions[s], action) {
			out = append(out, s)
		}
	}
	return out
}

// withoutScope is the decision for a token on an action beyond its scopes: as
// for a visitor, and where a visitor may not, the scope is what is missing. A
// hidden subject stays hidden.
func withoutScope(r rule, visitor Decision) Decision {
	if visitor.Allowed() || r.hidden {
		return visitor
	}
	return Decision{Outcome: Deny, Reason: "scope_missing"}
}
