// Package contracttest is the client of tests over HTTP: every response it
// receives is held against the contract, so that no test can pass on an answer
// the contract does not describe.
package contracttest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

const basePath = "/api/v1"

// Client speaks to one server as one person: it keeps its session cookie.
type Client struct {
	t    testing.TB
	base string
	http *http.Client
	doc  *openapi3.T
	// Organisation is sent as the acting organisation when set.
	Organisation string
	// Locale is sent as Accept-Language when set.
	Locale string
	// Token is sent as the API token when set.
	Token string
}

// New makes a client of the server at base ("http://127.0.0.1:8080") that
// reads the contract from the server itself.
func New(t testing.TB, base string) *Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &Client{t: t, base: base, http: &http.Client{Jar: jar}}
	res, err := http.Get(base + "/api/openapi.yaml")
	if err != nil {
		t.Fatalf("contract of %s: %v", base, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if c.doc, err = openapi3.NewLoader().LoadFromData(text); err != nil {
		t.Fatalf("contract of %s: %v", base, err)
	}
	return c
}

// Session lets the client send a session's token, for tests of handlers whose
// server resolves tokens of its own.
func (c *Client) Session(token string) {
	c.t.Helper()
	at, err := url.Parse(c.base)
	if err != nil {
		c.t.Fatal(err)
	}
	c.http.Jar.SetCookies(at, []*http.Cookie{{Name: "chengqiao_session", Value: token, Path: "/"}})
}

// At is the same person at another replica: the cookies go along.
func (c *Client) At(base string) *Client {
	other := *c
	jar, err := cookiejar.New(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	from, err := url.Parse(c.base)
	if err != nil {
		c.t.Fatal(err)
	}
	to, err := url.Parse(base)
	if err != nil {
		c.t.Fatal(err)
	}
	jar.SetCookies(to, c.http.Jar.Cookies(from))
	other.base, other.http = base, &http.Client{Jar: jar}
	return &other
}

// Answer is a checked response.
type Answer struct {
	t      testing.TB
	what   string
	Status int
	Header http.Header
	Body   []byte
}

// Option changes a request before it is sent.
type Option func(*http.Request)

// IfMatch sends the version last read.
func IfMatch(etag string) Option {
	return func(r *http.Request) { r.Header.Set("If-Match", etag) }
}

// Key sends an Idempotency-Key.
func Key(key string) Option {
	return func(r *http.Request) { r.Header.Set("Idempotency-Key", key) }
}

// Header sends any header.
func Header(name, value string) Option {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// Do sends a request to a path of the contract ("/packages?state=draft") and
// fails the test when the response is not one that the contract describes.
func (c *Client) Do(method, path string, body any, options ...Option) Answer {
	c.t.Helper()
	var reader io.Reader
	if raw, ok := body.([]byte); ok {
		reader = bytes.NewReader(raw)
	} else if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		reader = bytes.NewReader(encoded)
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.base+basePath+path, reader)
	if err != nil {
		c.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.Organisation != "" {
		req.Header.Set("Acting-Organisation", c.Organisation)
	}
	if c.Locale != "" {
		req.Header.Set("Accept-Language", c.Locale)
	}
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	for _, o := range options {
		o(req)
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	a := Answer{t: c.t, what: method + " " + path, Status: res.StatusCode, Header: res.Header, Body: text}
	if err := c.check(req, res, text); err != nil {
		c.t.Fatalf("%s answers %d, which the contract does not describe: %v\n%s", a.what, a.Status, err, text)
	}
	return a
}

// Get, Post and Put are Do with a method.
func (c *Client) Get(path string, options ...Option) Answer {
	c.t.Helper()
	return c.Do(http.MethodGet, path, nil, options...)
}

// Post sends a body with POST.
func (c *Client) Post(path string, body any, options ...Option) Answer {
	c.t.Helper()
	return c.Do(http.MethodPost, path, body, options...)
}

// Put sends a body with PUT.
func (c *Client) Put(path string, body any, options ...Option) Answer {
	c.t.Helper()
	return c.Do(http.MethodPut, path, body, options...)
}

func (c *Client) check(req *http.Request, res *http.Response, body []byte) error {
	route, params, err := c.route(req)
	if err != nil {
		return err
	}
	if route == nil {
		return fmt.Errorf("no such operation")
	}
	if res.Header.Get("Cache-Control") == "" {
		return fmt.Errorf("it does not say whether it may be kept (Cache-Control)")
	}
	return openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
		Status:                 res.StatusCode,
		Header:                 res.Header,
		Body:                   io.NopCloser(bytes.NewReader(body)),
		Options:                &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
}

// route finds the operation whose path has the request's segments; a literal
// segment wins over a parameter.
func (c *Client) route(req *http.Request) (*routers.Route, map[string]string, error) {
	got := strings.Split(strings.TrimPrefix(req.URL.Path, basePath), "/")
	var best *routers.Route
	var bestParams map[string]string
	for path, item := range c.doc.Paths.Map() {
		op := item.GetOperation(req.Method)
		want := strings.Split(path, "/")
		if op == nil || len(want) != len(got) {
			continue
		}
		params := map[string]string{}
		matches := true
		for i := range want {
			if strings.HasPrefix(want[i], "{") {
				params[strings.Trim(want[i], "{}")] = got[i]
			} else if want[i] != got[i] {
				matches = false
				break
			}
		}
		if matches && (best == nil || len(params) < len(bestParams)) {
			best = &routers.Route{Spec: c.doc, Path: path, PathItem: item, Method: req.Method, Operation: op}
			bestParams = params
		}
	}
	return best, bestParams, nil
}

// Expect fails the test unless the answer has the status.
func (a Answer) Expect(status int) Answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("%s answers %d, want %d: %s", a.what, a.Status, status, a.Body)
	}
	return a
}

// Refused fails the test unless the answer is a problem with this status and code.
func (a Answer) Refused(status int, code string) Answer {
	a.t.Helper()
	a.Expect(status)
	if got := a.Text("code"); got != code {
		a.t.Fatalf("%s is refused with %q, want %q: %s", a.what, got, code, a.Body)
	}
	return a
}

// FieldCode is the code of the problem at a field path; "" when there is none.
func (a Answer) FieldCode(path string) string {
	a.t.Helper()
	var p struct {
		Fields []struct{ Path, Code string }
	}
	a.Into(&p)
	for _, f := range p.Fields {
		if f.Path == path {
			return f.Code
		}
	}
	return ""
}

// Into decodes the body.
func (a Answer) Into(v any) {
	a.t.Helper()
	if err := json.Unmarshal(a.Body, v); err != nil {
		a.t.Fatalf("%s: %v: %s", a.what, err, a.Body)
	}
}

// Text is the value at a dotted path of the body ("head.id", "items.0.title")
// as text; the test fails when there is none.
func (a Answer) Text(path string) string {
	a.t.Helper()
	v, ok := a.lookup(path)
	if !ok {
		a.t.Fatalf("%s has no %s: %s", a.what, path, a.Body)
	}
	if s, ok := v.(string); ok {
		return s
	}
	encoded, err := json.Marshal(v)
	if err != nil {
		a.t.Fatal(err)
	}
	return string(encoded)
}

// Has tells whether the body has something at a dotted path.
func (a Answer) Has(path string) bool {
	a.t.Helper()
	_, ok := a.lookup(path)
	return ok
}

func (a Answer) lookup(path string) (any, bool) {
	var v any
	dec := json.NewDecoder(bytes.NewReader(a.Body))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		a.t.Fatalf("%s: %v: %s", a.what, err, a.Body)
	}
	for seg := range strings.SplitSeq(path, ".") {
		switch node := v.(type) {
		case map[string]any:
			next, ok := node[seg]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i := 0
			if _, err := fmt.Sscanf(seg, "%d", &i); err != nil || i < 0 || i >= len(node) {
				return nil, false
			}
			v = node[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// ETag is the version of the answer, for IfMatch.
func (a Answer) ETag() string { return a.Header.Get("ETag") }
