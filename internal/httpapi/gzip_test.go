package httpapi

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

var script = strings.Repeat("export const bridge = 'cheng qiao';\n", 500)

func serveZipped(t *testing.T, name string, header map[string]string) (*httptest.ResponseRecorder, bool) {
	t.Helper()
	z := newZippedFiles(fstest.MapFS{"assets/app.js": {Data: []byte(script)}, "assets/photo.png": {Data: []byte("png")}})
	r := httptest.NewRequest(http.MethodGet, "/"+name, nil)
	for key, value := range header {
		r.Header.Set(key, value)
	}
	w := httptest.NewRecorder()
	return w, z.serve(w, r, name)
}

func TestAScriptTravelsGzippedAndArrivesWhole(t *testing.T) {
	w, served := serveZipped(t, "assets/app.js", map[string]string{"Accept-Encoding": "gzip, deflate, br"})
	if !served || w.Header().Get("Content-Encoding") != "gzip" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/javascript") {
		t.Fatalf("served %v with %v", served, w.Header())
	}
	if w.Body.Len() > len(script)/5 {
		t.Errorf("%d bytes of %d: hardly smaller", w.Body.Len(), len(script))
	}
	zip, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(zip)
	if err != nil || string(got) != script {
		t.Errorf("arrived %d bytes (%v), want %d", len(got), err, len(script))
	}
}

func TestAFileIsLeftAsItIs(t *testing.T) {
	for name, tc := range map[string]struct {
		file   string
		header map[string]string
	}{
		"for a client that takes no gzip":     {"assets/app.js", nil},
		"for a client that refuses gzip":      {"assets/app.js", map[string]string{"Accept-Encoding": "br, gzip;q=0"}},
		"when a part is asked for":            {"assets/app.js", map[string]string{"Accept-Encoding": "gzip", "Range": "bytes=0-9"}},
		"when it is compressed by its nature": {"assets/photo.png", map[string]string{"Accept-Encoding": "gzip"}},
		"when there is none":                  {"assets/gone.js", map[string]string{"Accept-Encoding": "gzip"}},
	} {
		t.Run(name, func(t *testing.T) {
			w, served := serveZipped(t, tc.file, tc.header)
			if served || w.Header().Get("Content-Encoding") != "" || w.Body.Len() != 0 {
				t.Errorf("served %v with %v", served, w.Header())
			}
		})
	}
}

func TestCachesTellTheTwoFormsApart(t *testing.T) {
	w, _ := serveZipped(t, "assets/app.js", nil)
	if w.Header().Get("Vary") != "Accept-Encoding" {
		t.Errorf("Vary is %q", w.Header().Get("Vary"))
	}
}
