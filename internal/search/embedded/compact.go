package embedded

import (
	"errors"
	"fmt"
)

// spareSlots is how many dead slots beyond as many as live ones are left alone.
const spareSlots = 10_000

// copied is how many documents are copied in one frame.
const copied = 1_000

// compact puts a generation without dead slots in the place of one that has
// more of them than live ones: in a year of changes neither the columns nor the
// ledger grow beyond twice what the listings need.
func (e *Engine) compact() error {
	old := e.current
	if old.columns.dead() <= int(old.columns.live.GetCardinality())+spareSlots {
		return nil
	}
	next, err := createGeneration(e.newPath(), old.analyzer, old.version)
	if err != nil {
		return fmt.Errorf("search index: %w", err)
	}
	err = next.copy(old)
	if err == nil {
		err = e.point(next) // nothing else may be named: what failed is removed
	}
	if err != nil {
		return errors.Join(fmt.Errorf("search index: %w", err), next.discard())
	}
	return e.swap(next)
}

// copy fills an empty generation with the live documents of another, which
// keep their order.
func (g *generation) copy(from *generation) error {
	slots := from.columns.live.ToArray()
	places := make(map[uint32]uint32, len(slots))
	for n, o := range slots {
		places[o] = uint32(n)
	}
	for begin := 0; begin < len(slots); begin += copied {
		some := slots[begin:min(begin+copied, len(slots))]
		texts := make([][]byte, len(some))
		for i, o := range some {
			raw, err := from.ledger.raw(from.columns.places[o])
			if err != nil {
				return err
			}
			texts[i] = raw
		}
		content, at := encodeBatch(nil, texts, 0)
		start, err := g.ledger.append(content)
		if err != nil {
			return err
		}
		for i, o := range some {
			g.columns.put(from.columns.ids[o], from.columns.record(o), place{start + at[i].at, at[i].length})
		}
	}
	if len(slots) > 0 { // a segment has a slot at least
		whole, err := mergeInto(g.path, from.segments, 0, uint32(len(slots)-1), func(slot uint32) (uint32, bool) {
			to, ok := places[slot]
			return to, ok
		})
		if err != nil {
			return err
		}
		g.segments = []*segment{whole}
	}
	content, _ := encodeBatch(nil, nil, from.cursor)
	_, err := g.ledger.append(content)
	g.cursor = from.cursor
	return err
}
