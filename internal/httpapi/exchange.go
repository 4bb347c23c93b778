package httpapi

import (
	"context"
	"io"
	"net/http"
	"os"
	"strconv"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/exchange"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/message"
	"chengqiao/internal/policy"
)

// Sheets writes templates and exports in the formats that an import reads.
type Sheets interface {
	Template(w io.Writer, kind, format, locale string) error
	Export(ctx context.Context, actor policy.Actor, kind, format, locale string, w io.Writer) error
}

// maxMending bounds the body of a change of a preview, in bytes: some hundred
// long cells.
const maxMending = 8 << 20

// UploadImport implements the contract.
func (a *API) UploadImport(ctx context.Context, req oas.UploadImportRequestObject) (oas.UploadImportResponseObject, error) {
	if c, ok := ctx.(*gin.Context); ok && actorOf(ctx).SignedIn() {
		allowUpload(c.Writer, exchange.MaxBytes)
	}
	fields, file, err := readForm(req.Body, "kind")
	if err != nil {
		return nil, err
	}
	p, err := a.Exchange.Upload(ctx, actorOf(ctx), exchange.Upload{Listing: fields["kind"], Name: file.FileName(), Body: file})
	if err != nil {
		return nil, uploadError(err)
	}
	return oas.UploadImport201JSONResponse{ImportJSONResponse: a.importAnswer(p, 0)}, nil
}

// ListImports implements the contract.
func (a *API) ListImports(ctx context.Context, _ oas.ListImportsRequestObject) (oas.ListImportsResponseObject, error) {
	found, err := a.Exchange.Previews(ctx, actorOf(ctx))
	return oas.ListImports200JSONResponse{Items: list(found, func(p exchange.Preview) oas.Import { return a.importOf(p, 0) })}, err
}

// GetImport implements the contract.
func (a *API) GetImport(ctx context.Context, req oas.GetImportRequestObject) (oas.GetImportResponseObject, error) {
	p, taken, err := a.Exchange.Preview(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	return oas.GetImport200JSONResponse{ImportJSONResponse: a.importAnswer(p, taken)}, nil
}

// DiscardImport implements the contract.
func (a *API) DiscardImport(ctx context.Context, req oas.DiscardImportRequestObject) (oas.DiscardImportResponseObject, error) {
	return oas.DiscardImport204Response{}, a.Exchange.Discard(ctx, actorOf(ctx), req.ID)
}

// AssignImportColumns implements the contract.
func (a *API) AssignImportColumns(ctx context.Context, req oas.AssignImportColumnsRequestObject) (oas.AssignImportColumnsResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	properties := map[int]string{}
	for _, c := range req.Body.Columns {
		properties[c.Index] = c.Property
	}
	p, err := a.Exchange.Assign(ctx, actorOf(ctx), req.ID, version, properties)
	if err != nil {
		return nil, err
	}
	return oas.AssignImportColumns200JSONResponse{ImportJSONResponse: a.importAnswer(p, 0)}, nil
}

// ListImportRows implements the contract.
func (a *API) ListImportRows(ctx context.Context, req oas.ListImportRowsRequestObject) (oas.ListImportRowsResponseObject, error) {
	rows, err := a.Exchange.Rows(ctx, actorOf(ctx), req.ID, exchange.RowFilter{
		Faulty: req.Params.Faulty, After: int64(req.Params.After), Limit: pageSize(req.Params.PageSize),
	})
	return oas.ListImportRows200JSONResponse{Items: importRows(ctx, rows)}, err
}

// MendImportRows implements the contract.
func (a *API) MendImportRows(ctx context.Context, req oas.MendImportRowsRequestObject) (oas.MendImportRowsResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	mendings := make([]exchange.Mending, 0, len(req.Body.Rows))
	for _, r := range req.Body.Rows {
		m := exchange.Mending{Number: r.Number, LeftOut: r.LeftOut, Cells: map[int]string{}}
		for _, c := range r.Cells {
			m.Cells[c.Index] = c.Value
		}
		mendings = append(mendings, m)
	}
	p, rows, err := a.Exchange.Mend(ctx, actorOf(ctx), req.ID, version, mendings)
	if err != nil {
		return nil, err
	}
	return oas.MendImportRows200JSONResponse{
		Body: oas.ImportMended{Import: a.importOf(p, 0), Rows: importRows(ctx, rows)}, Headers: oas.MendImportRows200ResponseHeaders{ETag: etag(p.Version)},
	}, nil
}

// CommitImport implements the contract.
func (a *API) CommitImport(ctx context.Context, req oas.CommitImportRequestObject) (oas.CommitImportResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	p, err := a.Exchange.Confirm(ctx, actorOf(ctx), req.ID, version, req.Body.Submit)
	if err != nil {
		return nil, err
	}
	return oas.CommitImport202JSONResponse{ImportJSONResponse: a.importAnswer(p, 0)}, nil
}

func (a *API) importAnswer(p exchange.Preview, taken int64) oas.ImportJSONResponse {
	return oas.ImportJSONResponse{Body: a.importOf(p, taken), Headers: oas.ImportResponseHeaders{ETag: etag(p.Version)}}
}

func (a *API) importOf(p exchange.Preview, taken int64) oas.Import {
	out := oas.Import{
		ID: p.ID, Kind: oas.ImportKind(p.Listing), State: oas.ImportState(p.State), FileName: p.FileName,
		Rows: p.Rows, Faulty: p.Faulty, LeftOut: p.LeftOut, Unready: p.Unready, Creates: p.Creates, Updates: p.Updates, Same: p.Same,
		Submit: p.Submit, Taken: taken, Version: p.Version, CreatedAt: p.CreatedAt, ExpiresAt: p.ExpiresAt,
	}
	out.Columns = list(p.Columns, func(c exchange.Column) oas.ImportColumn {
		return oas.ImportColumn{Header: c.Header, Property: c.Property}
	})
	out.Properties = list(a.Exchange.Properties(p), func(x exchange.Property) oas.ImportProperty {
		return oas.ImportProperty{Name: x.Name, Label: x.Label, List: x.List, Required: x.Required}
	})
	if p.State == exchange.Done {
		r := p.Result
		out.Result = oas.ImportResult{Created: r.Created, Updated: r.Updated, Unchanged: r.Unchanged, Submitted: r.Submitted}
	}
	return out
}

func importRows(ctx context.Context, rows []exchange.Row) []oas.ImportRow {
	return list(rows, func(r exchange.Row) oas.ImportRow {
		return oas.ImportRow{
			Number: r.Number, Line: r.Line, Title: r.Title, Cells: list(r.Cells, keepText), LeftOut: r.LeftOut,
			Outcome: oas.ImportRowOutcome(r.Outcome), Faults: importFaults(ctx, r.Faults), Unready: importFaults(ctx, r.Unready),
		}
	})
}

func importFaults(ctx context.Context, faults []exchange.Fault) []oas.ImportFault {
	locale := localeOf(ctx)
	return list(faults, func(f exchange.Fault) oas.ImportFault {
		return oas.ImportFault{Column: f.Column, Path: f.Path, Code: f.Code, Params: f.Params, Message: message.Field(locale, f.Code, f.Params)}
	})
}

// GetImportTemplate implements the contract.
func (a *API) GetImportTemplate(ctx context.Context, req oas.GetImportTemplateRequestObject) (oas.GetImportTemplateResponseObject, error) {
	format := formatOr(string(req.Params.Format))
	return a.writtenFile("template-"+string(req.Kind)+"."+format, func(w io.Writer) error {
		return a.Sheets.Template(w, string(req.Kind), format, localeOr(ctx, string(req.Params.Locale)))
	})
}

// ExportListings implements the contract.
func (a *API) ExportListings(ctx context.Context, req oas.ExportListingsRequestObject) (oas.ExportListingsResponseObject, error) {
	format := formatOr(string(req.Params.Format))
	return a.writtenFile(string(req.Kind)+"s."+format, func(w io.Writer) error {
		return a.Sheets.Export(ctx, actorOf(ctx), string(req.Kind), format, localeOr(ctx, string(req.Params.Locale)), w)
	})
}

// formatOr is the format asked for, or what a person with a spreadsheet wants.
func formatOr(asked string) string {
	if asked == "" {
		return "xlsx"
	}
	return asked
}

// localeOr is the language asked for, or the reader's.
func localeOr(ctx context.Context, asked string) string {
	if asked == "" {
		return localeOf(ctx)
	}
	return asked
}

// writtenFile is a file that is written to the disk first: so its size is
// known, memory is bounded, and an error is a problem and no broken file.
func (a *API) writtenFile(name string, write func(io.Writer) error) (written, error) {
	f, err := os.CreateTemp("", "chengqiao-*")
	if err != nil {
		return written{}, err
	}
	out := written{name: name, file: f}
	err = write(f)
	if err == nil {
		out.size, err = f.Seek(0, io.SeekEnd)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		out.remove()
		return written{}, err
	}
	return out, nil
}

// written is a temporary file to be saved by who asked for it.
type written struct {
	name string
	file *os.File
	size int64
}

func (w written) remove() {
	_ = w.file.Close() // it was read, and goes
	_ = os.Remove(w.file.Name())
}

// VisitGetImportTemplateResponse implements the contract's response.
func (w written) VisitGetImportTemplateResponse(rw http.ResponseWriter) error { return w.serve(rw) }

// VisitExportListingsResponse implements the contract's response.
func (w written) VisitExportListingsResponse(rw http.ResponseWriter) error { return w.serve(rw) }

func (w written) serve(rw http.ResponseWriter) error {
	defer w.remove()
	h := rw.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Length", strconv.FormatInt(w.size, 10))
	h.Set("Content-Disposition", attachment(w.name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	allowDownload(rw, w.size)
	rw.WriteHeader(http.StatusOK)
	_, err := io.Copy(rw, w.file)
	return err
}
