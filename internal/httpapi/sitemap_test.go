package httpapi

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/ident"
)

type readSitemap struct {
	URLs  []sitemapURL `xml:"url"`
	Parts []sitemapURL `xml:"sitemap"`
}

func readXML(t *testing.T, answer *httptest.ResponseRecorder) readSitemap {
	t.Helper()
	var read readSitemap
	if err := xml.Unmarshal(answer.Body.Bytes(), &read); err != nil {
		t.Fatalf("%v in %.300s", err, answer.Body)
	}
	return read
}

func TestTheSitemapNamesEveryPublicPageOnceAcrossItsParts(t *testing.T) {
	s := &shelf{
		organisations: map[string]PublicOrganisation{ident.NewID(): {}},
		terms:         map[string][]PublicTerm{BrowseField: {{Code: "new_materials"}}, BrowseRegion: {{Code: "650100"}}},
	}
	want := map[string]bool{"/": true, "/search": true, "/matching/precision": true, "/api-reference": true, "/terms": true, "/search?field=new_materials": true, "/search?region=650100": true}
	for id := range s.organisations {
		want["/organisations/"+id] = true
	}
	kinds := []string{"achievement", "package", "need"}
	const count = sitemapLimit + 2500
	for i := range count {
		id := ident.NewID()
		s.all = append(s.all, PublicListing{Kind: kinds[i%3], ID: id, UpdatedAt: noon.Add(time.Duration(i) * time.Second)})
		want["/"+kindSegments[kinds[i%3]]+"/"+id] = true
	}
	handler := serveShelf(t, s, nil)
	index := readXML(t, get(handler, "/sitemap.xml"))
	if len(index.Parts) != 4 { // pages, two of listings, organisations
		t.Fatalf("parts %+v", index.Parts)
	}
	if last := noon.Add((count - 1) * time.Second).Format(time.RFC3339); index.Parts[2].LastMod != last || index.Parts[0].LastMod != "" {
		t.Errorf("parts %+v, the last change was at %s", index.Parts, last)
	}
	for _, part := range index.Parts {
		answer := get(handler, strings.TrimPrefix(part.Loc, "https://market.example"))
		urls := readXML(t, answer).URLs
		if len(urls) > sitemapLimit || answer.Header().Get("Cache-Control") != "public, max-age=3600" {
			t.Errorf("%s names %d addresses, %v", part.Loc, len(urls), answer.Header())
		}
		for _, u := range urls {
			path := strings.TrimPrefix(u.Loc, "https://market.example")
			if !want[path] {
				t.Fatalf("%s is none of them, or named twice", u.Loc)
			}
			delete(want, path)
		}
	}
	if len(want) != 0 {
		t.Errorf("%d addresses are named nowhere", len(want))
	}
	// The index stands for a while: where parts begin is not looked for at each request.
	s.all = nil
	if again := readXML(t, get(handler, "/sitemap.xml")); len(again.Parts) != 4 {
		t.Errorf("looked for again: %+v", again.Parts)
	}
}

func TestASitemapStartsOnlyAfterAnAddressOfOurs(t *testing.T) {
	for _, after := range []string{"%00", "yesterday", "'"} {
		if bad := get(serveShelf(t, &shelf{}, nil), sitemapListings+"?after="+after); bad.Code != http.StatusBadRequest {
			t.Errorf("after %s: %d", after, bad.Code)
		}
	}
}
