package benchmark

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
)

// visitor asks the server, signed in as somebody or not.
type visitor struct {
	address string
	http    *http.Client
}

// get asks for a path and decodes the answer into out, if it is not nil.
func (v visitor) get(ctx context.Context, path string, out any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, v.address+path, nil)
	if err != nil {
		return err
	}
	return v.answer(request, out)
}

// tag is the entity tag of what lies at a path.
func (v visitor) tag(ctx context.Context, path string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, v.address+path, nil)
	if err != nil {
		return "", err
	}
	header, _, err := v.send(request)
	return header.Get("ETag"), err
}

func (v visitor) answer(request *http.Request, out any) error {
	_, body, err := v.send(request)
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(body, out)
}

// send gives what is answered with 200; all else is an error.
func (v visitor) send(request *http.Request) (header http.Header, body []byte, err error) {
	response, err := v.http.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	if body, err = io.ReadAll(response.Body); err != nil {
		return nil, nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, nil, fmt.Errorf("%s: %s: %s", request.URL.Path, response.Status, body)
	}
	return response.Header, body, nil
}

// post sends a body to a path and decodes the answer into out, if it is not nil.
func (v visitor) post(ctx context.Context, path string, header http.Header, body, out any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, v.address+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	maps.Copy(request.Header, header)
	request.Header.Set("Content-Type", "application/json")
	return v.answer(request, out)
}

// as is one of the demo's people, signed in.
func (v visitor) as(ctx context.Context, email string) (visitor, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return visitor{}, err
	}
	person := visitor{address: v.address, http: &http.Client{Transport: v.http.Transport, Jar: jar}}
	return person, person.post(ctx, "/api/v1/session", nil, map[string]string{"identifier": email, "password": password}, nil)
}

// search asks for a page of cards with highlights and these facets, or with all
// if none are named; an empty text browses.
func (v visitor) search(ctx context.Context, text string, facets []string) error {
	query := url.Values{"page_size": {strconv.Itoa(pageSize)}, "facets": facets}
	if text != "" {
		query.Set("q", text)
	}
	return v.get(ctx, "/api/v1/search?"+query.Encode(), nil)
}

// suggest asks what somebody may mean who has typed so much.
func (v visitor) suggest(ctx context.Context, typed string) error {
	return v.get(ctx, "/api/v1/suggestions?"+url.Values{"q": {typed}}.Encode(), nil)
}

// published are at most so many listings of a kind that the organisation of who is
// signed in has published.
func (v visitor) published(ctx context.Context, kind string, most int) ([]string, error) {
	var ids []string
	for cursor := ""; ; {
		var page struct {
			Items      []struct{ ID string } `json:"items"`
			NextCursor string                `json:"next_cursor"`
		}
		query := url.Values{"page_size": {"100"}, "state": {"published"}}
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		if err := v.get(ctx, "/api/v1/"+kind+"?"+query.Encode(), &page); err != nil {
			return nil, err
		}
		for _, l := range page.Items {
			if ids = append(ids, l.ID); len(ids) == most {
				return ids, nil
			}
		}
		if cursor = page.NextCursor; cursor == "" {
			return ids, nil
		}
	}
}
