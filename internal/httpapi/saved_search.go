package httpapi

import (
	"context"

	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/match"
	"chengqiao/internal/savedsearch"
)

func (a *API) savedSearch(s savedsearch.Search) oas.SavedSearch {
	out := oas.SavedSearch{
		ID: s.ID, Name: s.Name, Query: s.Query, Alert: oas.SavedSearchAlert(s.Alert), ByMail: s.ByMail, InApp: s.InApp, Changes: s.Changes,
		OrganisationID: s.OrgID, DueAt: s.DueAt, CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt, Version: s.Version,
	}
	if key := a.Searches.FeedKey(s); key != "" {
		out.FeedURL = a.server.PublicURL + "/feeds/" + key + ".atom"
	}
	return out
}

func (a *API) savedSearchResponse(s savedsearch.Search) oas.SavedSearchJSONResponse {
	return oas.SavedSearchJSONResponse{Body: a.savedSearch(s), Headers: oas.SavedSearchResponseHeaders{ETag: etag(s.Version)}}
}

func savedSearchForm(f oas.SavedSearchForm) savedsearch.Form {
	return savedsearch.Form{Name: f.Name, Query: f.Query, Alert: savedsearch.Alert(f.Alert), ByMail: f.ByMail, InApp: f.InApp, Changes: f.Changes}
}

// ListSavedSearches implements the contract.
func (a *API) ListSavedSearches(ctx context.Context, req oas.ListSavedSearchesRequestObject) (oas.ListSavedSearchesResponseObject, error) {
	page, err := a.Searches.Searches(ctx, actorOf(ctx), req.Params.Cursor, pageSize(req.Params.PageSize))
	if err != nil {
		return nil, err
	}
	tallies, err := a.Searches.Tallies(ctx, page.Items)
	if err != nil {
		return nil, err
	}
	return oas.ListSavedSearches200JSONResponse{Items: list(page.Items, func(s savedsearch.Search) oas.SavedSearch {
		out := a.savedSearch(s)
		out.Told, out.ToldAt = tallies[s.ID].Count, tallies[s.ID].Latest
		return out
	}), NextCursor: page.Next}, nil
}

// ListToldBySavedSearch implements the contract.
func (a *API) ListToldBySavedSearch(ctx context.Context, req oas.ListToldBySavedSearchRequestObject) (oas.ListToldBySavedSearchResponseObject, error) {
	s, told, err := a.Searches.Told(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	refs := make([]match.Ref, 0, len(told))
	for _, t := range told {
		refs = append(refs, match.Ref{Kind: match.Kind(t.Kind), ID: t.ID})
	}
	cards, err := a.cardsOf(ctx, refs)
	if err != nil {
		return nil, err
	}
	out := oas.ListToldBySavedSearch200JSONResponse{Search: a.savedSearch(s), Items: []oas.ToldListing{}}
	for _, t := range told {
		if card, ok := cards[t.ID]; ok { // else its reader may read it no more
			out.Items = append(out.Items, oas.ToldListing{Listing: card, FoundAt: t.At})
		}
	}
	return out, nil
}

// CreateSavedSearch implements the contract.
func (a *API) CreateSavedSearch(ctx context.Context, req oas.CreateSavedSearchRequestObject) (oas.CreateSavedSearchResponseObject, error) {
	s, err := a.Searches.Create(ctx, actorOf(ctx), savedSearchForm(*req.Body))
	if err != nil {
		return nil, err
	}
	return oas.CreateSavedSearch201JSONResponse{SavedSearchJSONResponse: a.savedSearchResponse(s)}, nil
}

// GetSavedSearch implements the contract.
func (a *API) GetSavedSearch(ctx context.Context, req oas.GetSavedSearchRequestObject) (oas.GetSavedSearchResponseObject, error) {
	s, err := a.Searches.Search(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	return oas.GetSavedSearch200JSONResponse{SavedSearchJSONResponse: a.savedSearchResponse(s)}, nil
}

// SaveSavedSearch implements the contract.
func (a *API) SaveSavedSearch(ctx context.Context, req oas.SaveSavedSearchRequestObject) (oas.SaveSavedSearchResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	s, err := a.Searches.Save(ctx, actorOf(ctx), req.ID, version, savedSearchForm(*req.Body))
	if err != nil {
		return nil, err
	}
	return oas.SaveSavedSearch200JSONResponse{SavedSearchJSONResponse: a.savedSearchResponse(s)}, nil
}

// DeleteSavedSearch implements the contract.
func (a *API) DeleteSavedSearch(ctx context.Context, req oas.DeleteSavedSearchRequestObject) (oas.DeleteSavedSearchResponseObject, error) {
	return oas.DeleteSavedSearch204Response{}, a.Searches.Delete(ctx, actorOf(ctx), req.ID)
}

// OpenSearchFeed implements the contract.
func (a *API) OpenSearchFeed(ctx context.Context, req oas.OpenSearchFeedRequestObject) (oas.OpenSearchFeedResponseObject, error) {
	s, err := a.Searches.SetFeed(ctx, actorOf(ctx), req.ID, true)
	if err != nil {
		return nil, err
	}
	return oas.OpenSearchFeed200JSONResponse{SavedSearchJSONResponse: a.savedSearchResponse(s)}, nil
}

// CloseSearchFeed implements the contract.
func (a *API) CloseSearchFeed(ctx context.Context, req oas.CloseSearchFeedRequestObject) (oas.CloseSearchFeedResponseObject, error) {
	s, err := a.Searches.SetFeed(ctx, actorOf(ctx), req.ID, false)
	if err != nil {
		return nil, err
	}
	return oas.CloseSearchFeed200JSONResponse{SavedSearchJSONResponse: a.savedSearchResponse(s)}, nil
}
