package httpapi

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/match"
)

// precisionAge is for how long a copy of the precision page's figures may
// stand: they are counted anew every hour.
const precisionAge = "public, max-age=600"

// GetMatchingPrecision implements the contract.
func (a *API) GetMatchingPrecision(ctx context.Context, _ oas.GetMatchingPrecisionRequestObject) (oas.GetMatchingPrecisionResponseObject, error) {
	found, err := a.Matches.Precision(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	return oas.GetMatchingPrecision200JSONResponse{
		Headers: oas.GetMatchingPrecision200ResponseHeaders{CacheControl: precisionAge},
		Body:    oas.MatchingPrecision{CountedAt: found.At, Versions: list(found.Versions, modelPrecision)},
	}, nil
}

func modelPrecision(v match.VersionPrecision) oas.ModelPrecision {
	p := oas.ModelPrecision{
		Model: v.Model, InUse: v.InUse, From: v.From, To: v.To,
		Shown: v.Shown, Introduced: v.Introduced, Accepted: v.Accepted, Signed: v.Signed,
		All: precisionShare(v.All), FirstTen: precisionShare(v.FirstTen), FirstFive: precisionShare(v.FirstFive),
	}
	if e := v.Evaluation; len(e.Sets) > 0 {
		p.Evaluation = oas.ModelEvaluation{
			Date: e.Date, Folds: e.Folds, Sets: list(e.Sets, func(s match.EvaluationSet) oas.EvaluatedSet {
				return oas.EvaluatedSet{Name: s.Name, Queries: s.Queries, NdcgAt10: s.NDCGAt10, RecallAt20: s.RecallAt20, Mrr: s.MRR}
			}),
		}
	}
	for _, band := range []match.Band{match.Strong, match.Good, match.Possible} {
		p.Bands = append(p.Bands, oas.BandPrecision{Band: oas.BandPrecisionBand(band), Share: precisionShare(v.Bands[band])})
	}
	return p
}

func precisionShare(s match.Share) oas.PrecisionShare {
	return oas.PrecisionShare{Enough: s.Enough, Judged: s.Judged, Relevant: s.Relevant, Share: s.Share, Low: s.Low, High: s.High}
}

// precisionPath is the page that tells how well the matching does.
const precisionPath = "/matching/precision"

var precisionBody = bodyTemplate("precision",
	`<h1>{{say .Locale "precision"}}</h1><p>{{say .Locale "precision_hint"}}</p><p>{{say .Locale "precision_few"}}</p>`+
		`<p><a href="/api/v1/matching/precision">JSON</a> <a href="/search">{{say .Locale "browse"}}</a></p>`)

// precision writes what the page is about; the app asks for the figures.
func (p *pages) precision(c *gin.Context, s *server) {
	locale := pageLocale(c)
	title, hint := words["precision"].In(locale), words["precision_hint"].In(locale)
	p.writeDocument(c, s, http.StatusOK, page{
		Title: title, Description: hint, Path: precisionPath, Type: "website", Locale: locale,
		About: map[string]any{"@type": "Dataset", "name": title, "description": hint, "isAccessibleForFree": true},
		Body:  precisionBody, Data: struct{ Locale string }{locale},
	})
}
