// Package meili is the search engine on Meilisearch, for several replicas of
// the program over one index.
//
// Meilisearch is given our own terms in place of texts: its own segmentation
// does not find 池 in 电池, and the embedded engine must find the same
// documents. Texts are kept beside the terms for highlights alone.
//
// What is measured of Meilisearch 1.21 and shapes this package: a query counts
// ten words at most; totals stop at maxTotalHits; facets list 100 values unless
// told otherwise; the client drops `limit: 0`; answers are compressed unless
// the transport refuses, at fifteen times the cost.
package meili

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/meilisearch/meilisearch-go"

	"chengqiao/internal/errs"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

var _ search.Engine = (*Engine)(nil)

// Options say where the index is.
type Options struct {
	// URL of the server, "http://127.0.0.1:7700".
	URL string
	// Key is allowed to do everything with the indexes whose names begin with
	// Index; the master key is.
	Key string
	// Index names the index; the names of its company begin with it, "-meta" or
	// "-next".
	Index string
	// Timeout of one request; 0 is 30 seconds.
	Timeout time.Duration
	// AnswerTime is how long the answer to a search is waited for; 0 is 12 seconds.
	AnswerTime time.Duration
}

const (
	defaultTimeout = 30 * time.Second
	// defaultAnswer is a little more than after which Meilisearch answers in part.
	defaultAnswer   = cutoff*time.Millisecond + 2*time.Second
	idleConnections = 64
	// pollEvery is how often a task is asked after.
	pollEvery = 10 * time.Millisecond
)

// Engine is a client of one index.
type Engine struct {
	client meilisearch.ServiceManager
	http   *http.Client
	index  string
	// answerTime is how long people wait for a search.
	answerTime time.Duration
	// wanted is the analysis that the next index is made with.
	wanted atomic.Pointer[analysis.Analyzer]
	// made is how the index that answers was made, as last seen.
	made atomic.Pointer[made]

	// write serialises the changes of this process; Meilisearch queues those of
	// others.
	write   sync.Mutex
	pending *[]search.Batch
}

// Open connects to the server and makes the index if there is none. Errors are
// errs.Unavailable "search_unavailable" where the server cannot be reached.
func Open(ctx context.Context, o Options, analyzer *analysis.Analyzer) (*Engine, error) {
	e := connect(o)
	e.Use(analyzer)
	if err := e.ensure(ctx, analyzer); err != nil {
		e.http.CloseIdleConnections()
		return nil, atStart(err)
	}
	return e, nil
}

// Check says whether the server answers and takes the key, and makes nothing. Errors
// are those of Open.
func Check(ctx context.Context, o Options) error {
	e := connect(o)
	defer e.http.CloseIdleConnections()
	_, err := e.state(ctx, e.index)
	return atStart(lost(err))
}

// connect makes a client, which asks nothing yet.
func connect(o Options) *Engine {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableCompression = true
	transport.MaxIdleConnsPerHost = idleConnections
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.AnswerTime == 0 {
		o.AnswerTime = defaultAnswer
	}
	client := &http.Client{Transport: transport, Timeout: o.Timeout}
	return &Engine{
		// The client would repeat a request without its body.
		client: meilisearch.New(o.URL, meilisearch.WithAPIKey(o.Key), meilisearch.WithCustomClient(client), meilisearch.DisableRetries()),
		http:   client,
		index:  o.Index, answerTime: o.AnswerTime,
	}
}

// atStart is err, unless the server does not take the key: no wait helps who has
// just been given it.
func atStart(err error) error {
	var request *meilisearch.Error
	if errors.As(err, &request) && (request.StatusCode == http.StatusUnauthorized || request.StatusCode == http.StatusForbidden) {
		return fmt.Errorf("meilisearch: the key is not taken: %s (%d)", request.MeilisearchApiError.Message, request.StatusCode)
	}
	return err
}

// ensure makes the index if it does not exist, or was not made to the end. Two
// replicas may both do so: every step of it can be repeated.
func (e *Engine) ensure(ctx context.Context, analyzer *analysis.Analyzer) error {
	s, err := e.state(ctx, e.index)
	if err != nil && !isCode(err, indexNotFound) {
		return err
	}
	if s.Version == "" {
		if err := e.create(ctx, e.index, analyzer); err != nil {
			return err
		}
	}
	_, err = e.learn(ctx)
	return err
}

// Close implements search.Engine. The index stays.
func (e *Engine) Close() error {
	e.http.CloseIdleConnections()
	return nil
}

// Drop removes the index and its company from the server.
func (e *Engine) Drop(ctx context.Context) error {
	e.write.Lock()
	defer e.write.Unlock()
	return errors.Join(e.drop(ctx, e.index), e.dropLeft(ctx))
}

func metaOf(index string) string { return index + "-meta" }

// nextOf begins the name of every index that is to take an index's place. Each
// rebuild has one of its own: two of them must not fill the same.
func nextOf(index string) string { return index + "-next" }

// await waits until a task has succeeded.
func (e *Engine) await(ctx context.Context, what string, task *meilisearch.TaskInfo, err error) error {
	if err != nil {
		return problem(what, err)
	}
	done, err := e.client.WaitForTaskWithContext(ctx, task.TaskUID, pollEvery)
	if err != nil {
		return problem(what, err)
	}
	if done.Status == meilisearch.TaskStatusSucceeded {
		return nil
	}
	failed := &taskError{what: what, status: string(done.Status), code: done.Error.Code, message: done.Error.Message}
	// A full disk, or somebody who cancelled it, is no fault of what was asked.
	if done.Status == meilisearch.TaskStatusCanceled || done.Error.Type != invalidRequest || failed.code == indexNotFound {
		return errs.Wrap(errs.Unavailable, "search_unavailable", failed)
	}
	return failed
}

const (
	// invalidRequest is the type of errors that are the asker's.
	invalidRequest = "invalid_request"
	// indexNotFound is the code of a server that has lost the index, or not been
	// given it yet.
	indexNotFound = "index_not_found"
)

// taskError is a task that Meilisearch took and could not do.
type taskError struct{ what, status, code, message string }

func (t *taskError) Error() string {
	return fmt.Sprintf("meilisearch: %s: task %s: %s (%s)", t.what, t.status, t.message, t.code)
}

// isCode tells whether an error of a request or of a task has a code of
// Meilisearch's.
func isCode(err error, code string) bool {
	var task *taskError
	if errors.As(err, &task) {
		return task.code == code
	}
	var request *meilisearch.Error
	return errors.As(err, &request) && request.MeilisearchApiError.Code == code
}

// problem maps a client error. What Meilisearch finds wrong with a request is a
// defect. Anything else is worth a retry: a server that does not answer or answers
// that it cannot, one that lost the index or no longer takes the key, and a proxy
// that answers in its place.
func problem(what string, err error) error {
	var request *meilisearch.Error
	if errors.As(err, &request) && errors.Is(request.OriginError, context.Canceled) {
		err = request.OriginError // the client's error does not lead to it
	}
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("meilisearch: %s: %w", what, err)
	}
	if errors.As(err, &request) && request.MeilisearchApiError.Type == invalidRequest && request.MeilisearchApiError.Code != indexNotFound {
		return fmt.Errorf("meilisearch: %s: %w", what, err)
	}
	return errs.Wrap(errs.Unavailable, "search_unavailable", fmt.Errorf("meilisearch: %s: %w", what, err))
}
