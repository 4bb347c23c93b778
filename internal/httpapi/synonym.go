package httpapi

import (
	"context"

	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/synonym"
)

func synonymGroup(g synonym.Group) oas.SynonymGroup {
	return oas.SynonymGroup{
		ID: g.ID, Field: g.Field, Expressions: g.Expressions, State: oas.SynonymState(g.State), Default: g.Default,
		UpdatedAt: g.UpdatedAt, Version: g.Version,
	}
}

func (a *API) savedSynonyms(g synonym.Group, shared []synonym.Shared) oas.SynonymAnswerJSONResponse {
	body := oas.SynonymGroupFull{Group: synonymGroup(g), Shared: list(shared, func(s synonym.Shared) oas.SharedExpression {
		return oas.SharedExpression{Expression: s.Expression, GroupID: s.GroupID, First: s.First}
	})}
	return oas.SynonymAnswerJSONResponse{Body: body, Headers: oas.SynonymAnswerResponseHeaders{ETag: etag(g.Version)}}
}

func synonymForm(f oas.SynonymForm) synonym.Form {
	return synonym.Form{Field: f.Field, Expressions: f.Expressions, Disabled: f.Disabled}
}

// ListSynonyms implements the contract.
func (a *API) ListSynonyms(ctx context.Context, req oas.ListSynonymsRequestObject) (oas.ListSynonymsResponseObject, error) {
	p := req.Params
	page, err := a.Synonyms.Groups(ctx, actorOf(ctx), synonym.Filter{
		Field: p.Field, State: synonym.State(p.State), Query: p.Q, After: p.Cursor, Limit: pageSize(p.PageSize),
	})
	if err != nil {
		return nil, err
	}
	return oas.ListSynonyms200JSONResponse{
		Items: list(page.Items, synonymGroup), Total: page.Total, ByField: page.ByField, NextCursor: page.Next,
	}, nil
}

// AddSynonyms implements the contract.
func (a *API) AddSynonyms(ctx context.Context, req oas.AddSynonymsRequestObject) (oas.AddSynonymsResponseObject, error) {
	g, shared, err := a.Synonyms.Add(ctx, actorOf(ctx), synonymForm(*req.Body))
	if err != nil {
		return nil, err
	}
	return oas.AddSynonyms201JSONResponse{SynonymAnswerJSONResponse: a.savedSynonyms(g, shared)}, nil
}

// GetSynonyms implements the contract.
func (a *API) GetSynonyms(ctx context.Context, req oas.GetSynonymsRequestObject) (oas.GetSynonymsResponseObject, error) {
	g, shared, err := a.Synonyms.Group(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	return oas.GetSynonyms200JSONResponse{SynonymAnswerJSONResponse: a.savedSynonyms(g, shared)}, nil
}

// SaveSynonyms implements the contract.
func (a *API) SaveSynonyms(ctx context.Context, req oas.SaveSynonymsRequestObject) (oas.SaveSynonymsResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	g, shared, err := a.Synonyms.Save(ctx, actorOf(ctx), req.ID, version, synonymForm(*req.Body))
	if err != nil {
		return nil, err
	}
	return oas.SaveSynonyms200JSONResponse{SynonymAnswerJSONResponse: a.savedSynonyms(g, shared)}, nil
}

// RemoveSynonyms implements the contract.
func (a *API) RemoveSynonyms(ctx context.Context, req oas.RemoveSynonymsRequestObject) (oas.RemoveSynonymsResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return oas.RemoveSynonyms204Response{}, a.Synonyms.Remove(ctx, actorOf(ctx), req.ID, version)
}

// SynonymStatus implements the contract.
func (a *API) SynonymStatus(ctx context.Context, _ oas.SynonymStatusRequestObject) (oas.SynonymStatusResponseObject, error) {
	s, err := a.Synonyms.Status(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	return oas.SynonymStatus200JSONResponse{Revision: s.Number, ChangedAt: s.ChangedAt, Applied: s.Applied}, nil
}

// PreviewSynonyms implements the contract.
func (a *API) PreviewSynonyms(ctx context.Context, req oas.PreviewSynonymsRequestObject) (oas.PreviewSynonymsResponseObject, error) {
	found, err := a.Synonyms.Preview(ctx, actorOf(ctx), req.Params.Expression)
	if err != nil {
		return nil, err
	}
	return oas.PreviewSynonyms200JSONResponse{Items: list(found, func(f synonym.Found) oas.FoundExpression {
		return oas.FoundExpression{Expression: f.Expression, With: f.With, Alone: f.Alone}
	})}, nil
}

// ExportSynonyms implements the contract.
func (a *API) ExportSynonyms(ctx context.Context, _ oas.ExportSynonymsRequestObject) (oas.ExportSynonymsResponseObject, error) {
	content, revision, err := a.Synonyms.Export(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	return oas.ExportSynonyms200JSONResponse{
		Body: oas.SynonymFile{Content: string(content)}, Headers: oas.ExportSynonyms200ResponseHeaders{ETag: etag(revision)},
	}, nil
}

// ImportSynonyms implements the contract.
func (a *API) ImportSynonyms(ctx context.Context, req oas.ImportSynonymsRequestObject) (oas.ImportSynonymsResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := a.Synonyms.Import(ctx, actorOf(ctx), version, []byte(req.Body.Content))
	if err != nil {
		return nil, err
	}
	return oas.ImportSynonyms200JSONResponse{
		Added: done.Added, Changed: done.Changed, Disabled: done.Disabled, Restored: done.Restored, Removed: done.Removed, Revision: done.Revision,
	}, nil
}
