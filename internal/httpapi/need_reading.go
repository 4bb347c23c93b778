package httpapi

import (
	"context"
	"strings"

	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/need/reading"
)

// ReadNeedText implements the contract.
func (a *API) ReadNeedText(ctx context.Context, req oas.ReadNeedTextRequestObject) (oas.ReadNeedTextResponseObject, error) {
	said := req.Body.Text
	got, err := a.Readings.Read(ctx, actorOf(ctx), said)
	if err != nil {
		return nil, err
	}
	passage := passageIn(said)
	return oas.ReadNeedText200JSONResponse{
		Content: got.Content,
		Sources: list(got.Sources, func(s reading.Source) oas.NeedReadingSource {
			return oas.NeedReadingSource{Path: s.Path, Passages: list(s.Passages, passage), CountedFrom: s.CountedFrom}
		}),
		LeftOut: list(got.LeftOut, func(l reading.LeftOut) oas.NeedReadingLeftOut {
			return oas.NeedReadingLeftOut{Kind: oas.NeedReadingLeftOutKind(l.Kind), Passage: passage(l.Passage)}
		}),
	}, nil
}

// passageIn gives passages of a text by its characters.
func passageIn(said string) func(reading.Passage) oas.Passage {
	characters := make([]int, len(said)+1)
	n := 0
	for at := range said {
		characters[at] = n
		n++
	}
	characters[len(said)] = n
	return func(at reading.Passage) oas.Passage {
		return oas.Passage{Start: characters[at.Start], End: characters[at.End], Quote: strings.TrimSpace(said[at.Start:at.End])}
	}
}
