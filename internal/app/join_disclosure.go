package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"chengqiao/internal/account"
	"chengqiao/internal/document"
	"chengqiao/internal/errs"
	"chengqiao/internal/note"
	"chengqiao/internal/policy"
	"chengqiao/internal/store"
	"chengqiao/internal/text"
	"chengqiao/internal/watermark"
)

// documentViewers lets documents name who reads them.
type documentViewers struct{ accounts *store.Account }

var _ document.Viewers = documentViewers{}

func (j documentViewers) Viewer(ctx context.Context, actor policy.Actor) (document.Viewer, error) {
	v := document.Viewer{Account: "account " + actor.AccountID}
	names, err := j.accounts.AccountNames(ctx, []string{actor.AccountID})
	if err != nil {
		return v, err
	}
	v.Name = names[actor.AccountID]
	identifiers, err := j.accounts.Identifiers(ctx, actor.AccountID)
	if err != nil {
		return v, err
	}
	for _, i := range identifiers {
		if i.Kind == account.Email {
			v.Account = i.Value
		}
	}
	if actor.OrgID == "" {
		return v, nil
	}
	o, err := j.accounts.Organisation(ctx, actor.OrgID)
	v.Organisation, v.Code = o.Name.In(text.Chinese), o.CreditCode
	return v, err
}

// noteListings lets notes ask who may read a listing.
type noteListings struct{ subjects fileSubjects }

var _ note.Listings = noteListings{}

func (j noteListings) Readable(ctx context.Context, actor policy.Actor, kind, id string) error {
	subject, err := j.subjects.Subject(ctx, kind, id)
	if err != nil {
		return err
	}
	return policy.Check(actor, subject.Read, subject.Facts).Err()
}

// noteRecords are the notes that a person wrote. They are their organisation's,
// which keeps them without the name.
type noteRecords struct{ notes *store.Note }

var _ account.Records = noteRecords{}

func (j noteRecords) Export(ctx context.Context, accountID string, _ []string) (any, error) {
	return exportAll(
		func(after string) ([]note.Note, error) { return j.notes.NotesOf(ctx, accountID, after, exportPage) },
		func(n note.Note) string { return n.ID },
		func(n note.Note) exportedText { return exportedText{n.SubjectID, exportTime(n.WrittenAt), n.Text} })
}

func (noteRecords) Keeps(context.Context, string, []string) ([]account.Kept, error) { return nil, nil }

// markerVerb is the command by which the program starts itself to draw a
// watermark.
const markerVerb = "draw-watermark"

// openMarker finds the font and the program that marks.
func openMarker(font string, log *slog.Logger) (*watermark.Marker, error) {
	found, err := watermark.FindFont(font)
	if err != nil {
		return nil, fmt.Errorf("document.watermark_font: %w", err)
	}
	if found == "" {
		log.Warn("no font with Chinese signs was found: watermarks name readers by address and credit code; see document.watermark_font")
	}
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program: %w", err)
	}
	return watermark.New([]string{program, markerVerb}, found, log), nil
}

// markerCommand is what openMarker starts: not for people.
func markerCommand() *cobra.Command {
	return &cobra.Command{
		Use: markerVerb, Hidden: true, Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := watermark.Child(cmd.InOrStdin(), cmd.OutOrStdout())
			if err != nil {
				return errs.Wrap(errs.Invalid, "file_cannot_be_marked", err)
			}
			return nil
		},
	}
}

// writeFont tells a person at a terminal what marks are drawn with.
func writeFont(out io.Writer, font string) {
	if font == "" {
		fmt.Fprintln(out, "  no font with Chinese signs: watermarks are in Latin letters; install one (Noto Sans CJK, WenQuanYi) or set document.watermark_font")
		return
	}
	fmt.Fprintln(out, "  watermarks are drawn with "+font)
}
