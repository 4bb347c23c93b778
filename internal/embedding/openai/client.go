// Package openai asks any embedding service that answers in the form of
// OpenAI's: POST {base}/embeddings with model, input and perhaps dimensions,
// and a bearer key.
//
// Unlike the addresses that users name (outward), this one is the operator's,
// and a service in the operator's own network is the usual case: private
// addresses are asked like any other. What is sent goes nowhere else: no
// redirect is followed.
package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"chengqiao/internal/embedding"
)

// Options say where the service is and how it may be asked.
type Options struct {
	// URL is the base address, "https://api.example.com/v1".
	URL string
	// Key may be empty: services of one's own ask for none.
	Key   string
	Model string
	// Dimensions is asked for and checked; 0 leaves the length to the service.
	Dimensions int
	// Timeout bounds one request.
	Timeout time.Duration
	// Batch is how many texts a request has at most.
	Batch int
	// Concurrency is how many requests are on their way at once.
	Concurrency int
	// Allow says whether a request may be made now, else how long to wait; nil
	// always allows.
	Allow func(ctx context.Context) (wait time.Duration, err error)
}

// Client is an embedding service. Safe for concurrent use.
type Client struct {
	o     Options
	http  *http.Client
	slots chan struct{}
}

var _ embedding.Embedder = (*Client)(nil)

// New makes a client; it asks nothing yet.
func New(o Options) *Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = o.Concurrency
	transport.MaxResponseHeaderBytes = 64 << 10
	return &Client{
		o: o, slots: make(chan struct{}, o.Concurrency),
		http: &http.Client{
			Transport: transport, Timeout: o.Timeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Embed implements embedding.Embedder: in batches, each tried again a few times
// while the service is busy or fails, as long as ctx leaves time for it.
func (c *Client) Embed(ctx context.Context, texts []string) ([]embedding.Vector, error) {
	out := make([]embedding.Vector, 0, len(texts))
	for len(texts) > 0 {
		n := min(len(texts), c.o.Batch)
		vectors, err := c.patiently(ctx, texts[:n])
		if err != nil {
			return nil, err
		}
		out, texts = append(out, vectors...), texts[n:]
	}
	for _, v := range out {
		if len(v) != len(out[0]) {
			return nil, embedding.Unavailable(fmt.Errorf("vectors of %d and of %d numbers", len(out[0]), len(v)))
		}
	}
	return out, nil
}

const (
	tries = 4
	// firstWait doubles with each try; a service that names a time is heard, up
	// to longestWait.
	firstWait   = 500 * time.Millisecond
	longestWait = 30 * time.Second
)

func (c *Client) patiently(ctx context.Context, texts []string) ([]embedding.Vector, error) {
	wait := firstWait
	for try := 1; ; try++ {
		vectors, err := c.once(ctx, texts)
		var again *temporary
		if !errors.As(err, &again) || try == tries || ctx.Err() != nil {
			return vectors, err
		}
		if again.after > longestWait {
			return nil, err // who wants us to come back so late is away
		}
		if pause(ctx, max(wait, again.after)) != nil {
			return nil, err
		}
		wait *= 2
	}
}

// temporary is a failure that may be over soon.
type temporary struct {
	cause error
	// after is what the service asked us to wait; 0 if it did not say.
	after time.Duration
}

func (t *temporary) Error() string { return t.cause.Error() }
func (t *temporary) Unwrap() error { return t.cause }

// pause waits, unless ctx would not outlast it. Error: that it did not wait.
func pause(ctx context.Context, d time.Duration) error {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= d {
		return context.DeadlineExceeded
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// admitted waits for a slot and for the allowance of requests.
func (c *Client) admitted(ctx context.Context) (release func(), err error) {
	for c.o.Allow != nil {
		wait, err := c.o.Allow(ctx)
		if err != nil {
			return nil, embedding.Unavailable(err)
		}
		if wait <= 0 {
			break
		}
		if err := pause(ctx, wait); err != nil {
			return nil, embedding.Unavailable(embedding.ErrSpent)
		}
	}
	select {
	case c.slots <- struct{}{}:
		return func() { <-c.slots }, nil
	case <-ctx.Done():
		return nil, embedding.Unavailable(ctx.Err())
	}
}

type request struct {
	Model      string   `json:"model"`
	Input      []string `json:"input"`
	Dimensions int      `json:"dimensions,omitempty"`
}

// once makes one request.
func (c *Client) once(ctx context.Context, texts []string) ([]embedding.Vector, error) {
	body, err := json.Marshal(request{Model: c.o.Model, Input: texts, Dimensions: c.o.Dimensions})
	if err != nil {
		return nil, err
	}
	release, err := c.admitted(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.o.URL, "/")+"/embeddings", bytes.NewReader(body))
	if err != nil {
		return nil, embedding.Unavailable(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	if c.o.Key != "" {
		req.Header.Set("Authorization", "Bearer "+c.o.Key)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, embedding.Unavailable(&temporary{cause: err})
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		// What it says of its failure may repeat the texts: the status is enough.
		_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
		return nil, statusError(res)
	}
	vectors, err := c.read(res.Body, len(texts))
	if err != nil && ctx.Err() == nil {
		return nil, embedding.Unavailable(err)
	}
	return vectors, err
}

// statusError tells a service that is busy or down from one that does not take
// the texts and from one that does not let us in.
func statusError(res *http.Response) error {
	cause := fmt.Errorf("the service answers %d", res.StatusCode)
	switch {
	case res.StatusCode == http.StatusTooManyRequests, res.StatusCode == http.StatusRequestTimeout, res.StatusCode >= 500:
		return embedding.Unavailable(&temporary{cause, retryAfter(res.Header.Get("Retry-After"))})
	case res.StatusCode == http.StatusBadRequest, res.StatusCode == http.StatusRequestEntityTooLarge, res.StatusCode == http.StatusUnprocessableEntity:
		return embedding.Refused(cause)
	}
	return embedding.Unavailable(cause)
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3).
func retryAfter(s string) time.Duration {
	if seconds, err := strconv.ParseUint(s, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}

type answer struct {
	Data []struct {
		Index     *int             `json:"index"`
		Embedding embedding.Vector `json:"embedding"`
	} `json:"data"`
}

// numberBytes are more than a number takes in an answer, and answerBytes more
// than all else.
const (
	numberBytes = 32
	answerBytes = 1 << 20
)

// read reads the vectors of n texts and believes nothing of them.
func (c *Client) read(body io.Reader, n int) ([]embedding.Vector, error) {
	dims := c.o.Dimensions
	if dims == 0 {
		dims = embedding.MaxDimensions
	}
	raw, err := io.ReadAll(io.LimitReader(body, int64(n*dims*numberBytes+answerBytes)))
	if err != nil {
		return nil, &temporary{cause: fmt.Errorf("read the answer: %w", err)}
	}
	var a answer
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil, errors.New("the answer cannot be read")
	}
	if len(a.Data) != n {
		return nil, fmt.Errorf("%d vectors for %d texts", len(a.Data), n)
	}
	out := make([]embedding.Vector, n)
	for i, d := range a.Data {
		at := i
		if d.Index != nil {
			at = *d.Index
		}
		if at < 0 || at >= n || out[at] != nil {
			return nil, fmt.Errorf("vector %d is for text %d", i, at)
		}
		if err := c.check(d.Embedding); err != nil {
			return nil, err
		}
		out[at] = d.Embedding
	}
	return out, nil
}

func (c *Client) check(v embedding.Vector) error {
	if len(v) == 0 || len(v) > embedding.MaxDimensions || c.o.Dimensions > 0 && len(v) != c.o.Dimensions {
		return fmt.Errorf("a vector of %d numbers where %d were asked for", len(v), c.o.Dimensions)
	}
	if _, ok := v.Direction(); !ok {
		return errors.New("a vector that points nowhere")
	}
	return nil
}
