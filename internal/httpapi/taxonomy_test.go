package httpapi

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"

	"chengqiao/config"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/taxonomy"
)

func TestTheCodedListsTravelSmallAndOnce(t *testing.T) {
	set, err := taxonomy.Load(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	api := NewAPI(Services{Taxonomies: set})
	ask := func(name, value string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		c, _ := gin.CreateTestContext(w)
		c.Request = httptest.NewRequest(http.MethodGet, "/api/v1/taxonomies", nil)
		c.Request.Header.Set(name, value)
		answer, err := api.GetTaxonomies(c, oas.GetTaxonomiesRequestObject{})
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.VisitGetTaxonomiesResponse(w); err != nil {
			t.Fatal(err)
		}
		return w
	}

	plain, zipped := ask("Accept-Encoding", "identity"), ask("Accept-Encoding", "gzip, br")
	if zipped.Header().Get("Content-Encoding") != "gzip" || zipped.Body.Len() > plain.Body.Len()/3 {
		t.Errorf("%d bytes of %d with %v", zipped.Body.Len(), plain.Body.Len(), zipped.Header())
	}
	unzip, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(unzip); err != nil || !bytes.Equal(body, plain.Body.Bytes()) {
		t.Errorf("arrived other than sent (%v)", err)
	}
	if known := ask("If-None-Match", plain.Header().Get("ETag")); known.Code != http.StatusNotModified || known.Body.Len() != 0 {
		t.Errorf("who has them gets %d with %d bytes", known.Code, known.Body.Len())
	}
	if other := ask("If-None-Match", `"another release"`); other.Code != http.StatusOK || other.Body.Len() == 0 {
		t.Errorf("who has others gets %d with %d bytes", other.Code, other.Body.Len())
	}
}
