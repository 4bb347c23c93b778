package blob_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"chengqiao/internal/blob"
)

// s3Server speaks as much of the S3 protocol as one file needs: HEAD of the
// bucket, and PUT, HEAD, GET with ranges and DELETE of an object, path style,
// with signatures asked for. It stands for no particular product; the client
// that talks to it is the real one.
type s3Server struct {
	*httptest.Server
	bucket string

	mu      sync.Mutex
	objects map[string]s3Object
	puts    int
}

type s3Object struct {
	content     []byte
	contentType string
	sha256      string
}

const s3AccessKey = "AKIATEST"

func startS3(t *testing.T) *s3Server {
	t.Helper()
	s := &s3Server{bucket: "files", objects: map[string]s3Object{}}
	s.Server = httptest.NewTLSServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *s3Server) open(t *testing.T) *blob.S3 {
	t.Helper()
	b, err := blob.OpenS3(blob.S3Options{
		Endpoint: s.URL, Region: "cn-north-1", Bucket: s.bucket, Prefix: "chengqiao/",
		AccessKey: s3AccessKey, SecretKey: "secret", PathStyle: true,
		Transport: s.Client().Transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (s *s3Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential="+s3AccessKey+"/") {
		s3Error(w, http.StatusForbidden, "AccessDenied")
		return
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	object, found := s.objects[key]
	switch {
	case bucket != s.bucket:
		s3Error(w, http.StatusNotFound, "NoSuchBucket")
	case key == "":
		w.WriteHeader(http.StatusOK)
	case r.Method == http.MethodPut:
		content, err := io.ReadAll(r.Body)
		if err != nil || int64(len(content)) != r.ContentLength {
			s3Error(w, http.StatusBadRequest, "IncompleteBody")
			return
		}
		s.puts++
		s.objects[key] = s3Object{content, r.Header.Get("Content-Type"), r.Header.Get("X-Amz-Meta-Sha256")}
		w.Header().Set("ETag", `"tag"`)
	case r.Method == http.MethodDelete:
		delete(s.objects, key)
		w.WriteHeader(http.StatusNoContent)
	case !found:
		s3Error(w, http.StatusNotFound, "NoSuchKey")
	default:
		w.Header().Set("ETag", `"tag"`)
		w.Header().Set("Content-Type", object.contentType)
		http.ServeContent(w, r, "", blobTestTime, strings.NewReader(string(object.content)))
	}
}

func s3Error(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<?xml version="1.0"?><Error><Code>%s</Code><Message>%s</Message></Error>`, code, code)
}
