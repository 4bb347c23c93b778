// Package s3test is an S3-compatible storage for tests: a real HTTPS server that
// speaks as much of the protocol as one file needs: HEAD of the bucket, and PUT,
// HEAD, GET with ranges and DELETE of an object, path style, with signatures
// asked for. It stands for no particular product; the client that talks to it is
// the real one.
package s3test

import (
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// The one bucket there is, and who may use it.
const (
	Bucket    = "files"
	AccessKey = "AKIATEST"
	SecretKey = "secret"
)

// Server is a running storage.
type Server struct {
	*httptest.Server

	mu      sync.Mutex
	bucket  string
	objects map[string]Object
}

// Object is what lies under a key.
type Object struct {
	Content     []byte
	ContentType string
	// SHA256 is what the client has said beside it.
	SHA256 string
}

// Start starts a storage that ends with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{bucket: Bucket, objects: map[string]Object{}}
	s.Server = httptest.NewTLSServer(s)
	t.Cleanup(s.Close)
	return s
}

// RenameBucket takes the bucket away from where clients look for it.
func (s *Server) RenameBucket(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bucket = name
}

// Objects are all there are, by key.
func (s *Server) Objects() map[string]Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.objects)
}

// Set puts an object there, or with nil content takes it away, as somebody else
// would.
func (s *Server) Set(key string, content []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if content == nil {
		delete(s.objects, key)
		return
	}
	s.objects[key] = Object{Content: content}
}

// CertificateFile is a file by which a program trusts the server, as named by
// SSL_CERT_FILE.
func (s *Server) CertificateFile(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s3.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(path, block, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential="+AccessKey+"/") {
		refuse(w, http.StatusForbidden, "AccessDenied")
		return
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	object, found := s.objects[key]
	switch {
	case bucket != s.bucket:
		refuse(w, http.StatusNotFound, "NoSuchBucket")
	case key == "":
		w.WriteHeader(http.StatusOK)
	case r.Method == http.MethodPut:
		content, err := io.ReadAll(r.Body)
		if err != nil || int64(len(content)) != r.ContentLength {
			refuse(w, http.StatusBadRequest, "IncompleteBody")
			return
		}
		s.objects[key] = Object{content, r.Header.Get("Content-Type"), r.Header.Get("X-Amz-Meta-Sha256")}
		w.Header().Set("ETag", `"tag"`)
	case r.Method == http.MethodDelete:
		delete(s.objects, key)
		w.WriteHeader(http.StatusNoContent)
	case !found:
		refuse(w, http.StatusNotFound, "NoSuchKey")
	default:
		w.Header().Set("ETag", `"tag"`)
		w.Header().Set("Content-Type", object.ContentType)
		http.ServeContent(w, r, "", time.Unix(1_700_000_000, 0), strings.NewReader(string(object.Content)))
	}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<?xml version="1.0"?><Error><Code>%s</Code><Message>%s</Message></Error>`, code, code)
}
