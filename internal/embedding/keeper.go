package embedding

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"

	"chengqiao/internal/clock"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/policy"
)

// Due is a listing whose texts may lack vectors.
type Due struct {
	Ref
	// Mark is of the last time that it was noted: what is noted again while it
	// is worked on stays due.
	Mark string
}

// Store keeps vectors and what is to be done. Its methods join the transaction
// in ctx. A model's name stands for all that makes its vectors comparable.
type Store interface {
	// Note makes listings due, each under a mark.
	Note(ctx context.Context, due []Due) error
	// Due gives the listings that have waited longest.
	Due(ctx context.Context, limit int) ([]Due, error)
	// Waiting counts the listings that are due.
	Waiting(ctx context.Context) (int, error)
	// Done takes off those that still have their mark.
	Done(ctx context.Context, due []Due) error
	// Of gives what is kept of these listings under a model.
	Of(ctx context.Context, model string, ids []string) ([]Kept, error)
	// Replace puts these in the place of what was kept of the listings under
	// the model.
	Replace(ctx context.Context, model string, listings []Ref, kept []Kept) error
	// Swept is how far a sweep has come: the last listing noted, and whether it
	// was the last of all.
	Swept(ctx context.Context, sweep string) (after string, finished bool, err error)
	// SetSwept keeps that, and forgets the sweeps of other names.
	SetSwept(ctx context.Context, sweep, after string, finished bool) error
	// ForgetSweeps makes every sweep begin anew.
	ForgetSweeps(ctx context.Context) error
	// Prune removes up to limit vectors of other models.
	Prune(ctx context.Context, model string, limit int) (int, error)
}

// Texts gives what listings say.
type Texts interface {
	// Texts gives what those of the listings that are live say to each sort of
	// readers whose texts may be sent; readers who are told the same share one.
	Texts(ctx context.Context, refs []Ref) ([]Text, error)
	// After gives the live listings of all kinds by id after one, up to limit.
	After(ctx context.Context, after string, limit int) ([]Ref, error)
}

// Keeper sees to it that every text has its vector.
type Keeper struct {
	d Deps
	// pruned: nothing of another model is left.
	pruned atomic.Bool
}

// Deps are what a keeper works with.
type Deps struct {
	Embedder Embedder
	Store    Store
	Texts    Texts
	Tx       journal.Transactor
	Journal  journal.Journal
	Clock    clock.Clock
	Log      *slog.Logger
	// Model names the model and the length of its vectors; Sweep that and all
	// else on which texts depend: with another, all listings are looked at.
	Model, Sweep string
}

// NewKeeper makes a keeper.
func NewKeeper(d Deps) *Keeper { return &Keeper{d: d} }

// Note makes listings due: after a change of what they say.
func (k *Keeper) Note(ctx context.Context, refs []Ref) error {
	if len(refs) == 0 {
		return nil
	}
	due := make([]Due, len(refs))
	for i, r := range refs {
		due[i] = Due{r, ident.NewID()}
	}
	return k.d.Store.Note(ctx, due)
}

// Waiting is how many listings are due.
func (k *Keeper) Waiting(ctx context.Context) (int, error) { return k.d.Store.Waiting(ctx) }

// Work does one piece of what there is to do, and says how many listings it
// was about; none where there is nothing to do. Errors: those of Embedder, with
// which nothing is lost.
func (k *Keeper) Work(ctx context.Context) (int, error) {
	if n, err := k.sweep(ctx); err != nil || n > 0 {
		return n, err
	}
	if n, err := k.turn(ctx); err != nil || n > 0 {
		return n, err
	}
	if k.pruned.Load() {
		return 0, nil
	}
	// All that is live has its vectors of this model: those of others can go.
	n, err := k.d.Store.Prune(ctx, k.d.Model, sweepPage)
	k.pruned.Store(err == nil && n == 0)
	return n, err
}

// Again has every live listing looked at, as if for the first time: those whose
// vectors are kept are not asked about again.
func (k *Keeper) Again(ctx context.Context) error { return k.d.Store.ForgetSweeps(ctx) }

// sweepPage is how many listings a sweep notes at a time.
const sweepPage = 500

// sweep goes on making all live listings due, and says how many it noted. Each
// sweep is made once; one that was cut short goes on where it was.
func (k *Keeper) sweep(ctx context.Context) (int, error) {
	after, finished, err := k.d.Store.Swept(ctx, k.d.Sweep)
	if err != nil || finished {
		return 0, err
	}
	refs, err := k.d.Texts.After(ctx, after, sweepPage)
	if err != nil {
		return 0, err
	}
	if len(refs) > 0 {
		after = refs[len(refs)-1].ID
	}
	return len(refs), k.d.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := k.Note(ctx, refs); err != nil {
			return err
		}
		return k.d.Store.SetSwept(ctx, k.d.Sweep, after, len(refs) < sweepPage)
	})
}

// turnSize is how many listings one turn works on.
const turnSize = 32

// turn gives the listings that have waited longest the vectors that they lack,
// and says how many it worked on: none where nothing is due.
func (k *Keeper) turn(ctx context.Context) (int, error) {
	due, err := k.d.Store.Due(ctx, turnSize)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	refs := make([]Ref, len(due))
	ids := make([]string, len(due))
	for i, d := range due {
		refs[i], ids[i] = d.Ref, d.ID
	}
	texts, err := k.d.Texts.Texts(ctx, refs)
	if err != nil {
		return 0, err
	}
	before, err := k.d.Store.Of(ctx, k.d.Model, ids)
	if err != nil {
		return 0, err
	}
	w := workOn(texts, before)
	if err := k.ask(ctx, w.missing, w.texts); err != nil {
		return 0, err
	}
	return len(due), k.d.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := k.d.Store.Replace(ctx, k.d.Model, w.changed, w.kept()); err != nil {
			return err
		}
		if err := k.d.Store.Done(ctx, due); err != nil {
			return err
		}
		return k.tell(ctx, w.changed, len(w.missing))
	})
}

// work is what one turn has to do.
type work struct {
	// changed are the listings of which something else is to be kept than is.
	changed []Ref
	known   []Kept
	missing []*Kept
	texts   map[*Kept]string
}

// workOn compares what listings say with what is kept of them. What is kept of
// listings that are no longer live stays: their owners may still ask who fits.
func workOn(texts []Text, before []Kept) work {
	w := work{texts: map[*Kept]string{}}
	type key struct {
		Ref
		reader Reader
	}
	had, left := map[key]Kept{}, map[Ref]int{}
	for _, b := range before {
		had[key{b.Ref, b.Reader}] = b
		left[b.Ref]++
	}
	byRef := map[Ref][]Text{}
	var order []Ref
	for _, t := range texts {
		if byRef[t.Ref] == nil {
			order = append(order, t.Ref)
		}
		byRef[t.Ref] = append(byRef[t.Ref], t)
	}
	for _, ref := range order {
		var known []Kept
		var missing []*Kept
		for _, t := range byRef[ref] {
			hash := Hash(t.Text)
			if b, ok := had[key{ref, t.Reader}]; ok && b.Hash == hash {
				known = append(known, b)
				continue
			}
			m := &Kept{Ref: ref, Reader: t.Reader, Hash: hash}
			missing, w.texts[m] = append(missing, m), t.Text
		}
		if len(missing) == 0 && len(known) == left[ref] {
			continue
		}
		w.changed = append(w.changed, ref)
		w.known, w.missing = append(w.known, known...), append(w.missing, missing...)
	}
	return w
}

func (w work) kept() []Kept {
	out := w.known
	for _, m := range w.missing {
		out = append(out, *m)
	}
	return out
}

// ask fills in the directions of what is missing.
func (k *Keeper) ask(ctx context.Context, missing []*Kept, texts map[*Kept]string) error {
	if len(missing) == 0 {
		return nil
	}
	said := make([]string, len(missing))
	for i, m := range missing {
		said[i] = texts[m]
	}
	vectors, err := k.d.Embedder.Embed(ctx, said)
	if errors.Is(err, ErrRefused) {
		// One text can be what is refused; the others must not wait for it.
		if len(missing) > 1 {
			half := len(missing) / 2
			if err := k.ask(ctx, missing[:half], texts); err != nil {
				return err
			}
			return k.ask(ctx, missing[half:], texts)
		}
		k.d.Log.WarnContext(ctx, "embedding service does not take a text; the listing does without", "kind", missing[0].Kind, "id", missing[0].ID, "error", err)
		return nil
	}
	if err != nil {
		return err
	}
	for i, m := range missing {
		m.Direction, _ = vectors[i].Direction()
	}
	return nil
}

// kindOf names what is written into the journal.
const kindOf = "embedding"

// Told are the listings that an event.EmbeddingKept is about.
func Told(e event.Event) []Ref {
	names, _ := e.Data["listings"].([]any)
	out := make([]Ref, 0, len(names))
	for _, n := range names {
		name, _ := n.(string)
		if kind, id, ok := strings.Cut(name, "/"); ok {
			out = append(out, Ref{kind, id})
		}
	}
	return out
}

// tell makes the indexes look at listings again, and leaves on record that
// their texts were sent.
func (k *Keeper) tell(ctx context.Context, changed []Ref, sent int) error {
	if len(changed) == 0 {
		return nil
	}
	refs := make([]any, len(changed))
	for i, r := range changed {
		refs[i] = r.Kind + "/" + r.ID
	}
	return k.d.Journal.Write(ctx, journal.Entry{
		Actor: policy.SystemActor(), Action: policy.EmbeddingKeep, Kind: kindOf, Subject: ident.NewID(), Version: 1, At: k.d.Clock.Now(),
		Detail: map[string]any{"model": k.d.Model, "texts": sent, "listings": refs},
		Events: []event.Event{{Name: event.EmbeddingKept, Data: map[string]any{"listings": refs}}},
	})
}
