package httpapi

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"chengqiao/internal/clock"
	"chengqiao/internal/disclosure"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// ListDisclosures implements the contract.
func (a *API) ListDisclosures(ctx context.Context, req oas.ListDisclosuresRequestObject) (oas.ListDisclosuresResponseObject, error) {
	p := req.Params
	page, err := a.Disclosures.List(ctx, actorOf(ctx), disclosure.Query{
		ListingID: p.ListingID, ViewerOrg: p.OrganisationID, AccountID: p.AccountID, Tier: policy.Tier(p.Tier), What: string(p.What),
		From: clock.Date(p.From), To: clock.Date(p.Until), Cursor: p.Cursor, Limit: pageSize(p.PageSize)})
	if err != nil {
		return nil, err
	}
	orgs, people, err := a.viewers(ctx, page.Items)
	if err != nil {
		return nil, err
	}
	return oas.ListDisclosures200JSONResponse{NextCursor: page.Next, Items: list(page.Items, func(e disclosure.Entry) oas.DisclosureEntry {
		return oas.DisclosureEntry{
			ID: e.ID, At: e.At, What: oas.DisclosureEntryWhat(e.What), Kind: oas.DisclosureEntryKind(e.ListingKind), ListingID: e.ListingID,
			Title: e.Title, OrganisationID: e.ViewerOrg, OrganisationName: orgs[e.ViewerOrg], AccountID: e.AccountID, PersonName: people[e.AccountID],
			Tier: e.Tier, Fields: e.Fields, FileID: e.FileID, FileName: e.FileName, Number: e.Number, Marked: e.Marked,
		}
	})}, nil
}

// viewers are the names of those who saw something.
func (a *API) viewers(ctx context.Context, entries []disclosure.Entry) (orgs map[string]text.Text, people map[string]string, err error) {
	var orgIDs, accounts []string
	for _, e := range entries {
		orgIDs, accounts = append(orgIDs, e.ViewerOrg), append(accounts, e.AccountID)
	}
	if orgs, err = a.Directory.OrganisationNames(ctx, present(orgIDs)); err != nil {
		return nil, nil, err
	}
	people, err = a.Directory.AccountNames(ctx, present(accounts))
	return orgs, people, err
}

// ExportDisclosures implements the contract.
func (a *API) ExportDisclosures(ctx context.Context, req oas.ExportDisclosuresRequestObject) (oas.ExportDisclosuresResponseObject, error) {
	p := req.Params
	entries, err := a.Disclosures.Export(ctx, actorOf(ctx), disclosure.Query{
		ListingID: p.ListingID, ViewerOrg: p.OrganisationID, AccountID: p.AccountID, Tier: policy.Tier(p.Tier), What: string(p.What),
		From: clock.Date(p.From), To: clock.Date(p.Until)})
	if err != nil {
		return nil, err
	}
	orgs, people, err := a.viewers(ctx, entries)
	if err != nil {
		return nil, err
	}
	table, err := disclosureTable(entries, orgs, people, localeOf(ctx))
	return disclosureCSV(table), err
}

// disclosureTable has a line an entry, with the day and hour of Shanghai.
func disclosureTable(entries []disclosure.Entry, orgs map[string]text.Text, people map[string]string, locale string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("\ufeff") // by which spreadsheets know UTF-8
	w := csv.NewWriter(&out)
	_ = w.Write([]string{"at", "organisation", "person", "what", "kind", "listing_id", "title", "tier", "fields", "document", "version", "watermarked"})
	for _, e := range entries {
		version, marked := "", ""
		if e.What == disclosure.Document {
			version, marked = strconv.FormatInt(e.Number, 10), strconv.FormatBool(e.Marked)
		}
		_ = w.Write([]string{
			e.At.In(clock.Shanghai).Format("2006-01-02 15:04:05"), plainCell(orgs[e.ViewerOrg].In(locale)), plainCell(people[e.AccountID]),
			e.What, e.ListingKind, e.ListingID, plainCell(e.Title.In(locale)), string(e.Tier), strings.Join(e.Fields, " "),
			plainCell(e.FileName), version, marked,
		})
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// plainCell keeps a spreadsheet from taking a name for a formula; those of East
// Asian editions begin one with full-width characters too.
func plainCell(s string) string {
	if strings.IndexAny(s, "=+-@\t\r＝＋－＠") == 0 {
		return "'" + s
	}
	return s
}

// disclosureCSV is the answer with the table, to be saved.
type disclosureCSV []byte

// VisitExportDisclosuresResponse implements the contract's response.
func (c disclosureCSV) VisitExportDisclosuresResponse(w http.ResponseWriter) error {
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", attachment("disclosures.csv"))
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if _, err := w.Write(c); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	return nil
}
