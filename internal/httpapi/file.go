package httpapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/document"
	"chengqiao/internal/errs"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/policy"
)

// maxField is the length of a form field beside an uploaded file, in bytes.
const maxField = 1 << 10

// UploadFile implements the contract. The file streams through to where it is
// kept, so the fields that say whether it may come stand before it.
func (a *API) UploadFile(ctx context.Context, req oas.UploadFileRequestObject) (oas.UploadFileResponseObject, error) {
	if req.Body == nil {
		return nil, errs.New(errs.Malformed, "malformed_request")
	}
	// Whoever has not signed in attaches nothing, and waits for nothing.
	if c, ok := ctx.(*gin.Context); ok && actorOf(ctx).SignedIn() {
		allowUpload(c.Writer, a.server.MaxUpload)
	}
	fields := map[string]string{}
	for {
		part, err := req.Body.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil, errs.InvalidFields([]errs.Field{{Path: "file", Code: "required"}})
		case err != nil:
			return nil, formError(err)
		}
		name := part.FormName()
		if name == "file" {
			return a.upload(ctx, fields, part)
		}
		value, err := io.ReadAll(io.LimitReader(part, maxField+1))
		if err != nil {
			return nil, formError(err)
		}
		if _, twice := fields[name]; twice || len(value) > maxField || len(fields) >= 10 || bytes.ContainsRune(value, 0) || !utf8.Valid(value) {
			return nil, errs.New(errs.Malformed, "malformed_request")
		}
		fields[name] = string(value)
	}
}

func (a *API) upload(ctx context.Context, fields map[string]string, part *multipart.Part) (oas.UploadFileResponseObject, error) {
	f, err := a.Documents.Upload(ctx, actorOf(ctx), document.Upload{
		SubjectKind: fields["kind"], SubjectID: fields["subject_id"], Tier: policy.Tier(fields["tier"]),
		Name: part.FileName(), Body: part,
	})
	if err != nil {
		return nil, uploadError(err)
	}
	return oas.UploadFile201JSONResponse(fileOf(f)), nil
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
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, context.Canceled), errors.Is(err, os.ErrDeadlineExceeded):
		return errs.Wrap(errs.Malformed, "malformed_request", err)
	}
	return err
}

// ListFiles implements the contract.
func (a *API) ListFiles(ctx context.Context, req oas.ListFilesRequestObject) (oas.ListFilesResponseObject, error) {
	files, err := a.Documents.List(ctx, actorOf(ctx), req.Params.Kind, req.Params.SubjectID)
	if err != nil {
		return nil, err
	}
	return oas.ListFiles200JSONResponse{Items: list(files, func(v document.View) oas.File { return fileOf(v.File) })}, nil
}

func fileOf(f document.File) oas.File {
	return oas.File{ID: f.ID, Name: f.Name, Size: f.Size, ContentType: f.ContentType, Tier: f.Tier, Sha256: f.SHA256, UploadedAt: f.UploadedAt}
}

// GetFileContent implements the contract.
func (a *API) GetFileContent(ctx context.Context, req oas.GetFileContentRequestObject) (oas.GetFileContentResponseObject, error) {
	c, err := a.Documents.Open(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	return fileContent{c.File, c.Body}, nil
}

// fileContent serves bytes that somebody uploaded: to be saved and never to be
// shown in the product's own origin, whatever they are.
type fileContent struct {
	file document.File
	body io.ReadSeekCloser
}

// VisitGetFileContentResponse implements the contract's response.
func (c fileContent) VisitGetFileContentResponse(w http.ResponseWriter) error {
	defer c.body.Close()
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Length", strconv.FormatInt(c.file.Size, 10))
	h.Set("Content-Disposition", attachment(c.file.Name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cache-Control", "private, no-store")
	allowDownload(w, c.file.Size)
	w.WriteHeader(http.StatusOK)
	_, err := io.Copy(w, c.body)
	return err
}

// attachment is the header that saves a file under its name: the plain form
// for old clients, the extended one (RFC 8187) for names beyond ASCII.
func attachment(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' {
			return '_'
		}
		return r
	}, name)
	if plain == name {
		return mime.FormatMediaType("attachment", map[string]string{"filename": name})
	}
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + percentEncoded(name)
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
