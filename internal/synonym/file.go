package synonym

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/policy"
	"chengqiao/internal/search/analysis"
)

// MaxFile bounds an imported file in bytes.
const MaxFile = 600_000

// Export writes the list in use in the form of the file that ships, with the
// number of its revision. Errors: those of policy for synonym.read.
func (s *Service) Export(ctx context.Context, actor policy.Actor) ([]byte, int64, error) {
	if err := s.check(actor, policy.SynonymRead); err != nil {
		return nil, 0, err
	}
	revision, err := s.deps.Store.Revision(ctx)
	if err != nil {
		return nil, 0, err
	}
	list, err := s.groups(ctx)
	if err != nil {
		return nil, 0, err
	}
	var b bytes.Buffer
	b.WriteString("# Expressions that mean the same: one group a line, the first names it.\nfields:\n")
	for _, field := range s.deps.Fields {
		first := true
		for _, g := range list {
			if g.Field != field || g.State == Disabled {
				continue
			}
			if first {
				fmt.Fprintf(&b, "  %s:\n", field)
				first = false
			}
			line, err := flow(g.Expressions)
			if err != nil {
				return nil, 0, err
			}
			fmt.Fprintf(&b, "    - %s\n", line)
		}
	}
	return b.Bytes(), revision.Number, nil
}

// flow writes expressions as one line of YAML.
func flow(expressions []string) (string, error) {
	node := yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, e := range expressions {
		var scalar yaml.Node
		scalar.SetString(e)
		node.Content = append(node.Content, &scalar)
	}
	line, err := yaml.Marshal(&node)
	return string(bytes.ReplaceAll(bytes.TrimSpace(line), []byte("\n   "), nil)), err
}

// Imported counts what an import does to the list.
type Imported struct {
	// Added, Changed and Disabled are groups that were otherwise before;
	// Restored ship and are again as they ship; Removed were operators' own.
	Added, Changed, Disabled, Restored, Removed int
	Revision                                    int64
}

// Import makes the list what a file says: what ships and is not in the file is
// switched off. version is the revision that the file was made from. Errors:
// those of policy for synonym.edit; errs.Invalid "synonym_file",
// "synonym_file_empty", and "synonym_file_form" and "synonym_file_group" with the
// line at fault; errs.Stale "stale_version"; errs.Conflict "too_many_synonyms".
func (s *Service) Import(ctx context.Context, actor policy.Actor, version int64, file []byte) (done Imported, err error) {
	if err := s.check(actor, policy.SynonymEdit); err != nil {
		return done, err
	}
	wanted, err := s.read(file)
	if err != nil {
		return done, err
	}
	err = s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		done = Imported{}
		revision, err := s.deps.Store.Advance(ctx, s.deps.Clock.Now())
		if err != nil {
			return err
		}
		if revision.Number != version+1 {
			return errs.New(errs.Stale, "stale_version")
		}
		rows, err := s.deps.Store.Rows(ctx)
		if err != nil {
			return err
		}
		done.Revision = revision.Number
		if err := s.bring(ctx, actor, wanted, rows, &done); err != nil {
			return err
		}
		return s.deps.Journal.Write(ctx, journal.Entry{
			Actor: actor, Action: policy.SynonymEdit, Kind: Kind, Subject: "list", Version: revision.Number, At: s.deps.Clock.Now(),
			Detail: map[string]any{
				"change": "imported", "added": done.Added, "changed": done.Changed, "disabled": done.Disabled,
				"restored": done.Restored, "removed": done.Removed,
			},
		})
	})
	return done, err
}

// read gives the groups of a file, without ids.
func (s *Service) read(file []byte) ([]Group, error) {
	if len(file) > MaxFile {
		return nil, errs.Newp(errs.TooLarge, "file_too_large", errs.Params{"limit_bytes": MaxFile})
	}
	fields, err := analysis.ReadGroups(file)
	var form *analysis.FormError
	if errors.As(err, &form) {
		return nil, errs.Newp(errs.Invalid, "synonym_file_form", errs.Params{"line": form.Line})
	}
	if err != nil {
		return nil, errs.Newp(errs.Invalid, "synonym_file", errs.Params{"cause": err.Error()})
	}
	var out []Group
	for _, f := range fields {
		for n, expressions := range f.Groups {
			form, err := s.complete(Form{Field: f.Field, Expressions: expressions})
			if err != nil {
				return nil, &errs.Error{
					Kind: errs.Invalid, Code: "synonym_file_group", Params: errs.Params{"line": f.Lines[n], "field": f.Field}, Fields: errs.As(err).Fields,
				}
			}
			out = append(out, Group{Field: form.Field, Expressions: form.Expressions})
		}
	}
	if len(out) == 0 { // a file that was cut off, sooner than a list that is to be empty
		return nil, errs.New(errs.Invalid, "synonym_file_empty")
	}
	return out, nil
}

// identify gives groups of a file the ids of those of the list that they are: of
// what says the same; else of what is in use under the same first expression; else
// of what ships under it. Each is one only, and the surer come first: what a file
// leaves as it is must keep its id, whatever else begins alike.
func identify(wanted, list []Group) {
	taken := map[string]bool{}
	for _, same := range []struct{ wanted, listed func(Group) string }{
		{wording, wording},
		{Group.first, Group.firstInUse},
		{func(g Group) string { return shippedID(g.first()) }, func(g Group) string { return g.ID }},
	} {
		by := map[string][]string{}
		for _, used := range []bool{true, false} { // one that is switched off is the last that a file means
			for _, g := range list {
				if key := same.listed(g); key != "" && !taken[g.ID] && used == (g.State != Disabled) {
					by[key] = append(by[key], g.ID)
				}
			}
		}
		for i := range wanted {
			key := same.wanted(wanted[i])
			if ids := by[key]; wanted[i].ID == "" && len(ids) > 0 {
				wanted[i].ID, by[key] = ids[0], ids[1:]
				taken[ids[0]] = true
			}
		}
	}
}

// wording is all that a file says of a group.
func wording(g Group) string { return g.Field + "\n" + strings.Join(g.Expressions, "\n") }

func (g Group) first() string { return g.Expressions[0] }

// firstInUse is "" for a group that is switched off.
func (g Group) firstInUse() string {
	if g.State == Disabled {
		return ""
	}
	return g.first()
}

// bring changes the rows to what is wanted.
func (s *Service) bring(ctx context.Context, actor policy.Actor, wanted []Group, rows []Row, done *Imported) error {
	now := s.deps.Clock.Now()
	wanted = slices.Clone(wanted) // another attempt finds another list
	identify(wanted, merged(s.shipped, rows))
	stored := map[string]Row{}
	for _, r := range rows {
		stored[r.ID] = r
	}
	put := func(r Row, count *int) error {
		r.UpdatedAt, r.UpdatedBy = now, actor.AccountID
		old, known := stored[r.ID]
		delete(stored, r.ID)
		if !known {
			*count++
			r.Version = 1
			return s.deps.Store.InsertRow(ctx, r)
		}
		if old.Field == r.Field && slices.Equal(old.Expressions, r.Expressions) && old.Disabled == r.Disabled {
			return nil
		}
		*count++
		r.Version = old.Version + 1
		return s.deps.Store.SaveRow(ctx, r)
	}
	byID := map[string]Group{}
	for _, g := range wanted {
		if g.ID != "" {
			byID[g.ID] = g
		}
	}
	for _, g := range s.shipped {
		w, there := byID[g.ID]
		switch {
		case !there:
			r := g.row()
			r.Disabled = true
			if err := put(r, &done.Disabled); err != nil {
				return err
			}
		case w.Field != g.Field || !slices.Equal(w.Expressions, g.Expressions):
			if err := put(Row{ID: g.ID, Shipped: true, Field: w.Field, Expressions: w.Expressions}, &done.Changed); err != nil {
				return err
			}
		default:
			if old, changed := stored[g.ID]; changed {
				delete(stored, g.ID)
				done.Restored++
				if err := s.deps.Store.DeleteRow(ctx, old.ID, old.Version); err != nil {
					return err
				}
			}
		}
	}
	ships := map[string]bool{}
	for _, g := range s.shipped {
		ships[g.ID] = true
	}
	for _, g := range wanted {
		if ships[g.ID] {
			continue
		}
		count := &done.Changed
		if g.ID == "" {
			g.ID, count = ident.NewID(), &done.Added
		}
		if err := put(Row{ID: g.ID, Field: g.Field, Expressions: g.Expressions}, count); err != nil {
			return err
		}
	}
	for _, r := range rows {
		if _, left := stored[r.ID]; left {
			done.Removed++
			if err := s.deps.Store.DeleteRow(ctx, r.ID, r.Version); err != nil {
				return err
			}
		}
	}
	after, err := s.deps.Store.Rows(ctx)
	if err == nil && len(after) > MaxRows {
		err = tooMany()
	}
	return err
}
