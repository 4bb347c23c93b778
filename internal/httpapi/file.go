package httpapi

import (
	"cmp"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/document"
	"chengqiao/internal/errs"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/policy"
)

// UploadFile implements the contract.
func (a *API) UploadFile(ctx context.Context, req oas.UploadFileRequestObject) (oas.UploadFileResponseObject, error) {
	// Whoever has not signed in attaches nothing, and waits for nothing.
	if c, ok := ctx.(*gin.Context); ok && actorOf(ctx).SignedIn() {
		allowUpload(c.Writer, a.server.MaxUpload)
	}
	fields, file, err := readForm(req.Body, "kind", "subject_id", "tier", "on_request", "replaces")
	if err != nil {
		return nil, err
	}
	onRequest, err := strconv.ParseBool(cmp.Or(fields["on_request"], "false"))
	if err != nil {
		return nil, errs.InvalidFields([]errs.Field{{Path: "on_request", Code: "wrong_format"}})
	}
	f, err := a.Documents.Upload(ctx, actorOf(ctx), document.Upload{
		SubjectKind: fields["kind"], SubjectID: fields["subject_id"], Tier: policy.Tier(fields["tier"]),
		OnRequest: onRequest, Replaces: fields["replaces"], Name: file.FileName(), Body: file,
	})
	if err != nil {
		return nil, uploadError(err)
	}
	// Who attached it stands on its side, and has all of it.
	return oas.UploadFile201JSONResponse(fileOf(document.View{File: f, Readable: true, Original: true})), nil
}

// formError is uploadError for what is read of the form itself: whatever else
// goes wrong there, the form is no form.
func formError(err error) error {
	if err = uploadError(err); errs.KindOf(err) == errs.Internal {
		return errs.Wrap(errs.Malformed, "malformed_request", err)
	}
	return err
}

// uploadError names what went wrong with the request's own body; errors of
// the domain stay.
func uploadError(err error) error {
	var known *errs.Error
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &known):
		return err
	case errors.As(err, &tooLarge):
		return errs.Newp(errs.TooLarge, "body_too_large", errs.Params{"limit_bytes": tooLarge.Limit})
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, context.Canceled), errors.Is(err, os.ErrDeadlineExceeded), brokenOff(err, "read"):
		return errs.Wrap(errs.Malformed, "malformed_request", err)
	}
	return err
}

// ListFiles implements the contract.
func (a *API) ListFiles(ctx context.Context, req oas.ListFilesRequestObject) (oas.ListFilesResponseObject, error) {
	views, err := a.Documents.List(ctx, actorOf(ctx), req.Params.Kind, req.Params.SubjectID)
	if err != nil {
		return nil, err
	}
	out := list(views, fileOf)
	for i, v := range views {
		if v.Request == nil {
			continue
		}
		// It is the reader's own: it needs no names.
		out[i].Request = fileRequestOf(*v.Request)
	}
	return oas.ListFiles200JSONResponse{Items: out}, nil
}

func fileOf(v document.View) oas.File {
	return oas.File{
		ID: v.ID, DocumentID: v.DocumentID, Number: v.Number, Name: v.Name, Size: v.Size, ContentType: v.ContentType,
		Tier: v.Tier, OnRequest: v.OnRequest, Sha256: v.SHA256, UploadedAt: v.UploadedAt,
		Withheld: v.Withheld, Readable: v.Readable, Original: v.Original, Asks: v.Asks,
		Viewable: v.Readable && (shown(v.ContentType) || !v.Original && v.Markable),
		Earlier: list(v.Earlier, func(f document.File) oas.FileVersion {
			return oas.FileVersion{ID: f.ID, Number: f.Number, Name: f.Name, Size: f.Size, ContentType: f.ContentType, Sha256: f.SHA256, UploadedAt: f.UploadedAt}
		}),
	}
}

// GetFileContent implements the contract.
func (a *API) GetFileContent(ctx context.Context, req oas.GetFileContentRequestObject) (oas.GetFileContentResponseObject, error) {
	c, err := a.Documents.Open(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	return fileContent{c, requestOf(ctx)}, nil
}

// ViewFile implements the contract.
func (a *API) ViewFile(ctx context.Context, req oas.ViewFileRequestObject) (oas.ViewFileResponseObject, error) {
	c, err := a.Documents.Open(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	if !shown(c.Type) {
		_ = c.Body.Close()
		return nil, errs.Newp(errs.Forbidden, "file_cannot_be_shown", errs.Params{"content_type": c.Type})
	}
	return fileContent{c, requestOf(ctx)}, nil
}

// shownTypes are what browsers show without running anything of it.
var shownTypes = []string{"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"}

func shown(contentType string) bool { return slices.Contains(shownTypes, contentType) }

// requestOf is the request that a handler answers.
func requestOf(ctx context.Context) *http.Request {
	if c, ok := ctx.(*gin.Context); ok {
		return c.Request
	}
	return (&http.Request{Method: http.MethodGet, Header: http.Header{}}).WithContext(ctx)
}

// fileContent serves bytes that somebody uploaded. They are to be saved and
// never to be shown in the product's own origin; but for pages and pictures,
// in which nothing runs.
type fileContent struct {
	document.Content
	request *http.Request
}

// VisitGetFileContentResponse implements the contract's response.
func (c fileContent) VisitGetFileContentResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
	return c.serve(w, attachment(c.File.Name))
}

// VisitViewFileResponse implements the contract's response.
func (c fileContent) VisitViewFileResponse(w http.ResponseWriter) error {
	policy := "default-src 'none'; style-src 'unsafe-inline'"
	if c.Type != "application/pdf" { // the browsers' readers of PDF do not work in a sandbox
		policy = "sandbox; " + policy
	}
	w.Header().Set("Content-Type", c.Type)
	w.Header().Set("Content-Security-Policy", policy)
	return c.serve(w, dispositionOf("inline", c.File.Name))
}

// serve answers with the whole or, of an original, with the part asked for: a
// marked copy is made anew each time and has no parts that fit together.
func (c fileContent) serve(w http.ResponseWriter, disposition string) error {
	defer c.Body.Close()
	h := w.Header()
	h.Set("Content-Disposition", disposition)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	allowDownload(w, c.File.Size)
	r := c.request
	if c.Marked {
		r = r.Clone(r.Context())
		r.Header.Del("Range")
	} else {
		h.Set("ETag", `"`+c.File.SHA256+`"`)
	}
	http.ServeContent(w, r, "", time.Time{}, c.Body)
	return nil
}

// ListFileReads implements the contract.
func (a *API) ListFileReads(ctx context.Context, req oas.ListFileReadsRequestObject) (oas.ListFileReadsResponseObject, error) {
	page, err := a.Documents.Reads(ctx, actorOf(ctx), req.ID, req.Params.Cursor, pageSize(req.Params.PageSize))
	if err != nil {
		return nil, err
	}
	var orgs, accounts []string
	for _, r := range page.Items {
		orgs, accounts = append(orgs, r.OrgID), append(accounts, r.AccountID)
	}
	names, err := a.Directory.OrganisationNames(ctx, present(orgs))
	if err != nil {
		return nil, err
	}
	people, err := a.Directory.AccountNames(ctx, present(accounts))
	if err != nil {
		return nil, err
	}
	return oas.ListFileReads200JSONResponse{NextCursor: page.Next, Items: list(page.Items, func(r document.Read) oas.FileRead {
		return oas.FileRead{At: r.At, Number: r.Number, Marked: r.Marked, OrganisationID: r.OrgID, OrganisationName: names[r.OrgID], PersonName: people[r.AccountID]}
	})}, nil
}

// attachment saves a file under its name.
func attachment(name string) string { return dispositionOf("attachment", name) }

// dispositionOf is the header that saves a file under its name: the plain form
// for old clients, the extended one (RFC 8187) for names beyond ASCII.
func dispositionOf(disposition, name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' {
			return '_'
		}
		return r
	}, name)
	if plain == name {
		return mime.FormatMediaType(disposition, map[string]string{"filename": name})
	}
	return disposition + `; filename="` + plain + `"; filename*=UTF-8''` + percentEncoded(name)
}

// percentEncoded writes every byte that is not a letter or a digit as %XX.
func percentEncoded(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(s) {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '.' || c == '-' || c == '_' {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&0xf])
	}
	return b.String()
}
