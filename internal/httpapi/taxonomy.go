package httpapi

import (
	"context"

	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/taxonomy"
)

// GetTaxonomies implements the contract.
func (a *API) GetTaxonomies(context.Context, oas.GetTaxonomiesRequestObject) (oas.GetTaxonomiesResponseObject, error) {
	lists := map[string][]oas.Term{}
	for _, name := range a.Taxonomies.Names() {
		lists[name] = list(a.Taxonomies.List(name), func(t taxonomy.Term) oas.Term {
			return oas.Term{Code: t.Code, Name: t.Name, Parent: t.Parent}
		})
	}
	return oas.GetTaxonomies200JSONResponse{Lists: lists}, nil
}
