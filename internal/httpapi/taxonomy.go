package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/taxonomy"
)

// codedLists are the coded lists as they travel. They are the same for
// everybody until another release and nearly every page waits for them, so
// they are written and compressed once, and whoever has them is told so.
type codedLists struct {
	plain, zipped []byte
	tag           string
}

func codedListsOf(set *taxonomy.Set) (codedLists, error) {
	lists := map[string][]oas.Term{}
	for _, name := range set.Names() {
		lists[name] = list(set.List(name), func(t taxonomy.Term) oas.Term {
			return oas.Term{Code: t.Code, Name: t.Name, Parent: t.Parent}
		})
	}
	plain, err := json.Marshal(oas.Taxonomies{Lists: lists})
	if err != nil {
		return codedLists{}, err
	}
	zipped, err := zip(plain)
	if err != nil {
		return codedLists{}, err
	}
	sum := sha256.Sum256(plain)
	return codedLists{plain: plain, zipped: zipped, tag: `"` + hex.EncodeToString(sum[:12]) + `"`}, nil
}

// GetTaxonomies implements the contract.
func (a *API) GetTaxonomies(ctx context.Context, _ oas.GetTaxonomiesRequestObject) (oas.GetTaxonomiesResponseObject, error) {
	lists, err := a.codedLists()
	if err != nil {
		return nil, err
	}
	answer := codedListsAnswer{codedLists: lists}
	if c, ok := ctx.(*gin.Context); ok {
		answer.asked = c.Request.Header
	}
	return answer, nil
}

// codedListsAnswer is the answer to a request with these headers.
type codedListsAnswer struct {
	codedLists
	asked http.Header
}

// VisitGetTaxonomiesResponse implements the contract's response.
func (a codedListsAnswer) VisitGetTaxonomiesResponse(w http.ResponseWriter) error {
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", a.tag)
	h.Add("Vary", "Accept-Encoding")
	if a.asked.Get("If-None-Match") == a.tag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", "application/json")
	body := a.plain
	if acceptsGzip(a.asked.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		body = a.zipped
	}
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(body)
	return err
}
