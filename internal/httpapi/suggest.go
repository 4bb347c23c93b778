package httpapi

import (
	"cmp"
	"context"

	"chengqiao/internal/finding"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/search"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// Suggest implements the contract.
func (a *API) Suggest(ctx context.Context, req oas.SuggestRequestObject) (oas.SuggestResponseObject, error) {
	found, err := a.Finder.Suggest(ctx, actorOf(ctx), req.Params.Q)
	if err != nil {
		return nil, err
	}
	locale := cmp.Or(string(req.Params.Locale), localeOf(ctx))
	return oas.Suggest200JSONResponse{
		Listings: list(found.Listings, func(l search.ListingSuggestion) oas.ListingSuggestion {
			return oas.ListingSuggestion{ID: l.ID, Kind: oas.ListingSuggestionKind(l.Kind), Title: l.Title}
		}),
		Keywords: list(found.Keywords, func(k search.KeywordSuggestion) oas.KeywordSuggestion {
			return oas.KeywordSuggestion{Text: k.Text, Count: int64(k.Count)}
		}),
		Regions: list(found.Regions, func(r finding.RegionSuggestion) oas.RegionSuggestion {
			return oas.RegionSuggestion{Region: r.Region, Name: a.Taxonomies.Name(taxonomy.Region, r.Region).In(locale), Count: int64(r.Count)}
		}),
		Organisations: list(found.Organisations, func(o search.OrganisationSuggestion) oas.OrganisationSuggestion {
			name := text.Text{Zh: o.Names["zh"], En: o.Names["en"]}
			return oas.OrganisationSuggestion{ID: o.ID, Kind: o.Kind, Name: name.In(locale), Count: int64(o.Count)}
		}),
	}, nil
}
