package benchmark

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/meilisearch/meilisearch-go"

	"chengqiao/internal/meiliserver"
)

type bareMeilisearch struct {
	server *meiliserver.Server
	index  meilisearch.IndexManager
}

// openMeilisearch starts a server and fills an index with the engine's own
// settings, but for the facets.
func openMeilisearch(ctx context.Context, binary string, listings func(take func(Record) error) error) (_ bare, err error) {
	server, err := meiliserver.Start(ctx, binary)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, server.Stop())
		}
	}()
	// Go's default transport asks for compressed answers, which costs the server
	// ten times what the search does.
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: mostClients}
	client := meilisearch.New(server.URL, meilisearch.WithAPIKey(server.Key), meilisearch.WithCustomClient(&http.Client{Transport: transport}))
	b := &bareMeilisearch{server: server, index: client.Index("bare")}
	facets := make([]any, len(bareFacets))
	for i, f := range bareFacets {
		facets[i] = f
	}
	if err := b.done(ctx, func() (*meilisearch.TaskInfo, error) {
		return b.index.UpdateFilterableAttributesWithContext(ctx, &facets)
	}); err != nil {
		return nil, err
	}
	var batch []map[string]any
	send := func() error {
		err := b.done(ctx, func() (*meilisearch.TaskInfo, error) {
			key := "number"
			return b.index.AddDocumentsWithContext(ctx, batch, &meilisearch.DocumentOptions{PrimaryKey: &key})
		})
		batch = batch[:0]
		return err
	}
	number := 0
	err = listings(func(r Record) error {
		fields := bareFields(r)
		fields["number"] = number
		number++
		if batch = append(batch, fields); len(batch) < 10*bareBatch {
			return nil
		}
		return send()
	})
	if err == nil && len(batch) > 0 {
		err = send()
	}
	return b, err
}

// done starts a task of the server and waits until it has succeeded.
func (b *bareMeilisearch) done(ctx context.Context, start func() (*meilisearch.TaskInfo, error)) error {
	info, err := start()
	if err != nil {
		return err
	}
	const every = 100 * time.Millisecond
	task, err := b.index.WaitForTaskWithContext(ctx, info.TaskUID, every)
	if err == nil && task.Status != meilisearch.TaskStatusSucceeded {
		err = fmt.Errorf("meilisearch: %s", task.Error.Message)
	}
	return err
}

func (b *bareMeilisearch) ask(ctx context.Context, text string) error {
	_, err := b.index.SearchWithContext(ctx, text, &meilisearch.SearchRequest{
		Limit: pageSize, Facets: bareFacets, AttributesToHighlight: []string{"title", "abstract"},
		AttributesToCrop: []string{"abstract"},
	})
	return err
}

func (b *bareMeilisearch) close() error { return b.server.Stop() }
