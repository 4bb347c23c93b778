package openai_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"chengqiao/internal/embedding"
	"chengqiao/internal/embedding/embeddingtest"
	"chengqiao/internal/embedding/openai"
)

func client(s *embeddingtest.Service, change ...func(*openai.Options)) *openai.Client {
	o := openai.Options{URL: s.URL, Key: embeddingtest.Key, Model: "test-model", Timeout: time.Minute, Batch: 16, Concurrency: 2}
	for _, c := range change {
		c(&o)
	}
	return openai.New(o)
}

func cosine(a, b embedding.Vector) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}

func TestTextsOfOneMeaningLieNearInTwoLanguages(t *testing.T) {
	s := embeddingtest.Start(t)
	v, err := client(s).Embed(t.Context(), []string{"lithium battery", "锂电池", "棉花滴灌"})
	if err != nil {
		t.Fatal(err)
	}
	if near, far := cosine(v[0], v[1]), cosine(v[0], v[2]); near < 0.9 || far > 0.5 {
		t.Errorf("the same lies at %.2f, another at %.2f", near, far)
	}
}

func TestTextsAreAskedAboutInBatchesAndComeBackInTheirOrder(t *testing.T) {
	s := embeddingtest.Start(t)
	c := client(s, func(o *openai.Options) { o.Batch = 2; o.Dimensions = 48 })
	texts := []string{"one", "two", "three", "four", "five"}
	v, err := c.Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	if s.Asked() != 3 {
		t.Errorf("%d requests", s.Asked())
	}
	for i, text := range texts {
		alone, err := c.Embed(t.Context(), []string{text})
		if err != nil {
			t.Fatal(err)
		}
		if len(v[i]) != 48 || cosine(alone[0], v[i]) < 0.999 {
			t.Errorf("%s has another vector in company", text)
		}
	}
}

func TestAServiceThatFailsForAMomentIsAskedAgain(t *testing.T) {
	for _, status := range []int{http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusTooManyRequests} {
		s := embeddingtest.Start(t)
		var failures atomic.Int32
		s.Instead(func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			if failures.Add(1) > 1 {
				return false
			}
			w.WriteHeader(status)
			return true
		})
		if v, err := client(s).Embed(t.Context(), []string{"棉花"}); err != nil || len(v) != 1 {
			t.Errorf("after one %d: %v", status, err)
		}
	}
}

func TestTheWaitThatAServiceAsksForIsKept(t *testing.T) {
	s := embeddingtest.Start(t)
	var first atomic.Int64
	s.Instead(func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
		if !first.CompareAndSwap(0, time.Now().UnixNano()) {
			return false
		}
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	})
	if _, err := client(s).Embed(t.Context(), []string{"棉花"}); err != nil {
		t.Fatal(err)
	}
	if waited := time.Since(time.Unix(0, first.Load())); waited < time.Second {
		t.Errorf("it was asked again after %v", waited)
	}
}

func TestNobodyWaitsLongerThanTheyHaveTime(t *testing.T) {
	for name, fail := range map[string]func(http.ResponseWriter, *http.Request, []byte) bool{
		"busy for an hour": func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			w.Header().Set("Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		},
		"down": func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			w.WriteHeader(http.StatusInternalServerError)
			return true
		},
		"slow": func(_ http.ResponseWriter, r *http.Request, _ []byte) bool {
			<-r.Context().Done()
			return true
		},
	} {
		s := embeddingtest.Start(t)
		s.Instead(fail)
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		start := time.Now()
		_, err := client(s).Embed(ctx, []string{"棉花"})
		cancel()
		if !errors.Is(err, embedding.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

func TestARequestEndsAtItsTimeout(t *testing.T) {
	s := embeddingtest.Start(t)
	s.Instead(func(_ http.ResponseWriter, r *http.Request, _ []byte) bool {
		<-r.Context().Done()
		return true
	})
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond) // leaves no time for another try
	defer cancel()
	_, err := client(s, func(o *openai.Options) { o.Timeout = 50 * time.Millisecond }).Embed(ctx, []string{"棉花"})
	if !errors.Is(err, embedding.ErrUnavailable) {
		t.Errorf("%v", err)
	}
}

func TestAnAnswerThatCannotBeOneIsNoAnswer(t *testing.T) {
	for name, answer := range map[string]string{
		"no JSON":          `<html>504</html>`,
		"fewer vectors":    `{"data":[{"index":0,"embedding":[1,0]}]}`,
		"the same twice":   `{"data":[{"index":0,"embedding":[1,0]},{"index":0,"embedding":[0,1]}]}`,
		"an index outside": `{"data":[{"index":0,"embedding":[1,0]},{"index":7,"embedding":[0,1]}]}`,
		"wrong length":     `{"data":[{"index":0,"embedding":[1,0,0]},{"index":1,"embedding":[0,1,0]}]}`,
		"two lengths":      `{"data":[{"index":0,"embedding":[1,0]},{"index":1,"embedding":[0,1,0]}]}`,
		"no direction":     `{"data":[{"index":0,"embedding":[0,0]},{"index":1,"embedding":[0,1]}]}`,
		"beyond numbers":   `{"data":[{"index":0,"embedding":[1e999,0]},{"index":1,"embedding":[0,1]}]}`,
		"text for numbers": `{"data":[{"index":0,"embedding":["NaN",0]},{"index":1,"embedding":[0,1]}]}`,
		"empty":            `{}`,
	} {
		s := embeddingtest.Start(t)
		s.Instead(func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			_, _ = w.Write([]byte(answer))
			return true
		})
		v, err := client(s, func(o *openai.Options) { o.Dimensions = 2 }).Embed(t.Context(), []string{"棉花", "滴灌"})
		if !errors.Is(err, embedding.ErrUnavailable) {
			t.Errorf("%s: %v, %v", name, v, err)
		}
	}
}

func TestVectorsWithoutAnIndexAreInTheOrderOfTheTexts(t *testing.T) {
	s := embeddingtest.Start(t)
	s.Instead(func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
		_, _ = w.Write([]byte(`{"data":[{"embedding":[1,0]},{"embedding":[0,1]}]}`))
		return true
	})
	v, err := client(s).Embed(t.Context(), []string{"棉花", "滴灌"})
	if err != nil || v[0][0] != 1 || v[1][1] != 1 {
		t.Errorf("%v, %v", v, err)
	}
}

func TestAnAnswerWithoutEndIsNotReadToItsEnd(t *testing.T) {
	s := embeddingtest.Start(t)
	s.Instead(func(w http.ResponseWriter, r *http.Request, _ []byte) bool {
		_, _ = w.Write([]byte(`{"data":[{"index":0,"embedding":[`))
		for r.Context().Err() == nil {
			if _, err := w.Write([]byte(strings.Repeat("1,", 1<<15))); err != nil {
				break
			}
		}
		return true
	})
	start := time.Now()
	_, err := client(s, func(o *openai.Options) { o.Dimensions = 2; o.Timeout = time.Hour }).Embed(t.Context(), []string{"棉花"})
	if !errors.Is(err, embedding.ErrUnavailable) || time.Since(start) > time.Minute {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func TestWhoIsNotLetInIsToldSoWithoutTheKey(t *testing.T) {
	s := embeddingtest.Start(t)
	_, err := client(s, func(o *openai.Options) { o.Key = "sk-wrong-secret" }).Embed(t.Context(), []string{"棉花"})
	if !errors.Is(err, embedding.ErrUnavailable) || !strings.Contains(err.Error(), "401") || strings.Contains(err.Error(), "sk-wrong-secret") {
		t.Errorf("%v", err)
	}
}

func TestTextsThatTheServiceDoesNotTakeAreRefusedAndNotRepeated(t *testing.T) {
	for _, status := range []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity} {
		s := embeddingtest.Start(t)
		s.Status(status)
		_, err := client(s).Embed(t.Context(), []string{"棉花"})
		if !errors.Is(err, embedding.ErrRefused) || s.Asked() != 1 {
			t.Errorf("%d: %v after %d requests", status, err, s.Asked())
		}
	}
}

func TestTextsAndKeyFollowNoRedirect(t *testing.T) {
	s, elsewhere := embeddingtest.Start(t), embeddingtest.Start(t)
	s.Instead(func(w http.ResponseWriter, r *http.Request, _ []byte) bool {
		http.Redirect(w, r, elsewhere.URL+"/embeddings", http.StatusTemporaryRedirect)
		return true
	})
	_, err := client(s).Embed(t.Context(), []string{"棉花"})
	if !errors.Is(err, embedding.ErrUnavailable) || elsewhere.Asked() != 0 {
		t.Errorf("%v, %d requests elsewhere", err, elsewhere.Asked())
	}
}

func TestNoMoreRequestsAreOnTheirWayThanAllowed(t *testing.T) {
	s := embeddingtest.Start(t)
	var now, most atomic.Int32
	s.Instead(func(http.ResponseWriter, *http.Request, []byte) bool {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		time.Sleep(20 * time.Millisecond)
		now.Add(-1)
		return false
	})
	c := client(s)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, err := c.Embed(t.Context(), []string{"棉花"}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if most.Load() > 2 {
		t.Errorf("%d at once", most.Load())
	}
}

func TestASpentAllowanceIsWaitedForOrSaidToBeSpent(t *testing.T) {
	s := embeddingtest.Start(t)
	var calls atomic.Int32
	c := client(s, func(o *openai.Options) {
		o.Allow = func(context.Context) (time.Duration, error) {
			if calls.Add(1) == 1 {
				return 100 * time.Millisecond, nil
			}
			return 0, nil
		}
	})
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Embed(short, []string{"棉花"}); !errors.Is(err, embedding.ErrUnavailable) || !errors.Is(err, embedding.ErrSpent) || s.Asked() != 0 {
		t.Errorf("%v", err)
	}
	calls.Store(0)
	if _, err := c.Embed(t.Context(), []string{"棉花"}); err != nil || calls.Load() != 2 {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
}

func TestWhatIsAskedIsTheFormOfTheService(t *testing.T) {
	s := embeddingtest.Start(t)
	var form map[string]any
	s.Instead(func(_ http.ResponseWriter, _ *http.Request, answer []byte) bool {
		return json.Unmarshal(answer, &form) != nil
	})
	if _, err := client(s).Embed(t.Context(), []string{"棉花"}); err != nil || form["model"] != "test-model" {
		t.Errorf("%v, model %v", err, form["model"])
	}
}
