package httpapi

import (
	"context"

	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/note"
)

// ListNotes implements the contract.
func (a *API) ListNotes(ctx context.Context, req oas.ListNotesRequestObject) (oas.ListNotesResponseObject, error) {
	p := req.Params
	page, err := a.Notes.List(ctx, actorOf(ctx), note.Query{SubjectKind: string(p.Kind), SubjectID: p.SubjectID, Cursor: p.Cursor, Limit: pageSize(p.PageSize)})
	if err != nil {
		return nil, err
	}
	items, err := a.notes(ctx, page.Items)
	return oas.ListNotes200JSONResponse{Items: items, NextCursor: page.Next}, err
}

// WriteNote implements the contract.
func (a *API) WriteNote(ctx context.Context, req oas.WriteNoteRequestObject) (oas.WriteNoteResponseObject, error) {
	made, err := a.Notes.Write(ctx, actorOf(ctx), string(req.Body.Kind), req.Body.SubjectID, req.Body.Text)
	if err != nil {
		return nil, err
	}
	out, err := a.notes(ctx, []note.Note{made})
	if err != nil {
		return nil, err
	}
	return oas.WriteNote201JSONResponse(out[0]), nil
}

// ChangeNote implements the contract.
func (a *API) ChangeNote(ctx context.Context, req oas.ChangeNoteRequestObject) (oas.ChangeNoteResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	changed, err := a.Notes.Change(ctx, actorOf(ctx), req.ID, version, req.Body.Text)
	if err != nil {
		return nil, err
	}
	out, err := a.notes(ctx, []note.Note{changed})
	if err != nil {
		return nil, err
	}
	return oas.ChangeNote200JSONResponse(out[0]), nil
}

// DeleteNote implements the contract.
func (a *API) DeleteNote(ctx context.Context, req oas.DeleteNoteRequestObject) (oas.DeleteNoteResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return oas.DeleteNote204Response{}, a.Notes.Delete(ctx, actorOf(ctx), req.ID, version)
}

// notes puts titles and authors to notes.
func (a *API) notes(ctx context.Context, in []note.Note) ([]oas.Note, error) {
	var accounts, listings []string
	for _, n := range in {
		accounts, listings = append(accounts, n.AccountID), append(listings, n.SubjectID)
	}
	people, err := a.Directory.AccountNames(ctx, present(accounts))
	if err != nil {
		return nil, err
	}
	titles, err := a.Related.ListingTitles(ctx, present(listings))
	if err != nil {
		return nil, err
	}
	return list(in, func(n note.Note) oas.Note {
		return oas.Note{
			ID: n.ID, Version: n.Version, Kind: oas.NoteKind(n.SubjectKind), SubjectID: n.SubjectID, Title: titles[n.SubjectID], Text: n.Text,
			AuthorName: people[n.AccountID], WrittenAt: n.WrittenAt, ChangedAt: n.ChangedAt,
		}
	}), nil
}
