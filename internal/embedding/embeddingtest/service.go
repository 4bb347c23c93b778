// Package embeddingtest is an embedding service for tests: a real HTTP server
// that answers in the form of OpenAI's. Its model is a dictionary: words of one
// meaning, in whatever language, point the same way, and all others each their
// own. So tests can say what is near without a word in common.
package embeddingtest

import (
	"encoding/json"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
)

// Key is the one that the service asks for.
const Key = "sk-test-7c1f"

// Dimensions is the length of its vectors unless another is asked for.
const Dimensions = 64

// meanings are words that mean the same.
var meanings = [][]string{
	{"锂电池", "锂离子电池", "储能电芯", "lithium battery", "lithium-ion cells"},
	{"低温", "严寒", "零下", "cold", "freezing", "low temperature"},
	{"滴灌", "节水灌溉", "drip irrigation", "watering"},
	{"棉花", "cotton"},
	{"井下打捞", "落鱼", "fishing tool", "retrieval from wells"},
}

// Service is a running service.
type Service struct {
	// URL is its base address.
	URL string

	mu      sync.Mutex
	texts   []string
	asked   int
	refused string
	fail    func(w http.ResponseWriter, r *http.Request, answer []byte) bool
	server  *httptest.Server
}

// Start runs a service until the test ends.
func Start(t testing.TB) *Service {
	s := &Service{}
	s.server = httptest.NewServer(s)
	t.Cleanup(s.server.Close)
	s.URL = s.server.URL + "/v1"
	return s
}

// Instead has requests answered by fn, which gets what would be answered and
// may leave it to the service by returning false; nil ends that.
func (s *Service) Instead(fn func(w http.ResponseWriter, r *http.Request, answer []byte) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = fn
}

// Status has every request answered by a status.
func (s *Service) Status(code int) {
	s.Instead(func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
		w.WriteHeader(code)
		return true
	})
}

// Refuse has requests refused that ask about a text with these words.
func (s *Service) Refuse(words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = words
}

// Asked is how many requests with the right key came.
func (s *Service) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// Texts are what was asked about so far.
func (s *Service) Texts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.texts)
}

type request struct {
	Model      string   `json:"model"`
	Input      []string `json:"input"`
	Dimensions int      `json:"dimensions"`
}

type vector struct {
	Object    string    `json:"object"`
	Index     int       `json:"index"`
	Embedding []float64 `json:"embedding"`
}

func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var req request
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/v1/embeddings":
		http.NotFound(w, r)
		return
	case r.Header.Get("Authorization") != "Bearer "+Key:
		http.Error(w, `{"error":{"message":"no such key"}}`, http.StatusUnauthorized)
		return
	case json.NewDecoder(r.Body).Decode(&req) != nil || req.Model == "" || len(req.Input) == 0:
		http.Error(w, `{"error":{"message":"cannot be read"}}`, http.StatusBadRequest)
		return
	}
	data := make([]vector, len(req.Input))
	for i, text := range req.Input {
		data[i] = vector{"embedding", i, Vector(text, req.Dimensions)}
	}
	slices.Reverse(data) // the order is in index alone
	answer, err := json.Marshal(map[string]any{"object": "list", "model": req.Model, "data": data})
	if err != nil {
		panic(err)
	}
	s.mu.Lock()
	s.asked++
	s.texts = append(s.texts, req.Input...)
	fail := s.fail
	refused := s.refused != "" && slices.ContainsFunc(req.Input, func(t string) bool { return strings.Contains(t, s.refused) })
	s.mu.Unlock()
	if refused {
		http.Error(w, `{"error":{"message":"input is too long"}}`, http.StatusBadRequest)
		return
	}
	if fail != nil && fail(w, r, answer) {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer)
}

// Vector is where a text lies; dimensions 0 means Dimensions.
func Vector(text string, dimensions int) []float64 {
	if dimensions == 0 {
		dimensions = Dimensions
	}
	out := make([]float64, dimensions)
	rest := strings.ToLower(text)
	for _, words := range meanings {
		for _, word := range words {
			if n := strings.Count(rest, word); n > 0 {
				add(out, "meaning "+words[0], 5*float64(n))
				rest = strings.ReplaceAll(rest, word, " ")
			}
		}
	}
	for _, word := range strings.FieldsFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
		if []rune(word)[0] < 0x2e80 {
			add(out, word, 1)
			continue
		}
		for _, sign := range word {
			add(out, string(sign), 0.3)
		}
	}
	if !slices.ContainsFunc(out, func(x float64) bool { return x != 0 }) {
		out[0] = 1
	}
	return out
}

// add goes the way that a word hashes to.
func add(v []float64, word string, by float64) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(word))
	random := rand.New(rand.NewPCG(h.Sum64(), 1))
	for i := range v {
		v[i] += by * random.NormFloat64()
	}
}
