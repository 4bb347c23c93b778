package embedded

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// held is what a plain map would say of one field: term → slot → count.
type held map[string]map[uint32]uint8

func heldBy(segments []*segment, field int, live func(uint32) bool) held {
	out := held{}
	for _, s := range segments {
		p := &s.fields[field]
		for i := range p.len() {
			holders, counts := p.at(i)
			for k, slot := range holders {
				if !live(slot) {
					continue
				}
				term := string(p.term(i))
				if out[term] == nil {
					out[term] = map[uint32]uint8{}
				}
				out[term][slot] = 1
				if counts != nil {
					out[term][slot] = counts[k]
				}
			}
		}
	}
	return out
}

func equalHeld(a, b held) bool {
	return maps.EqualFunc(a, b, func(x, y map[uint32]uint8) bool { return maps.Equal(x, y) })
}

// body is the field whose postings the tests look at.
var body = fieldNumber(policy.TierPublic, search.AreaBody)

func drawDocument(t *rapid.T, slot int) prepared {
	p := prepared{fields: make([][]termCount, fieldCount)}
	terms := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "ab", "电池", "电网", "z", "é"}), 0, 8).Draw(t, "terms")
	p.fields[body] = countTerms(terms)
	p.id = string(rune('A' + slot))
	p.wording = []byte(strings.Join(terms, " "))
	return p
}

func TestSegmentsHoldWhatDocumentsSayHoweverTheyAreMerged(t *testing.T) {
	g := &generation{path: t.TempDir()}
	rapid.Check(t, func(t *rapid.T) {
		var segments []*segment
		want := held{}
		next := uint32(0)
		for range rapid.IntRange(1, 30).Draw(t, "batches") {
			var documents []prepared
			for i := range rapid.IntRange(1, 6).Draw(t, "documents") {
				d := drawDocument(t, i)
				for _, x := range d.fields[body] {
					if want[x.term] == nil {
						want[x.term] = map[uint32]uint8{}
					}
					want[x.term][next+uint32(i)] = x.count
				}
				documents = append(documents, d)
			}
			segments = append(segments, newSegment(documents, next))
			next += uint32(len(documents))
			segments, _ = g.settle(segments, func(uint32) bool { return true })
		}
		all := func(uint32) bool { return true }
		if got := heldBy(segments, body, all); !equalHeld(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
		// Sizes grow fourfold, so that segments stay few.
		if most := 4 * fanOut; len(segments) > most {
			t.Fatalf("%d segments of %d documents", len(segments), next)
		}
		for i := 1; i < len(segments); i++ {
			if segments[i].first != segments[i-1].last+1 {
				t.Fatalf("slots %d to %d come before %d", segments[i-1].first, segments[i-1].last, segments[i].first)
			}
		}
		// Without every third slot, renumbered.
		place := func(slot uint32) (uint32, bool) { return slot - slot/3 - 1, slot%3 != 0 }
		last := segments[len(segments)-1].last
		merged, err := merge(segments, 0, last, place, nil)
		if err != nil {
			t.Fatal(err)
		}
		kept := held{}
		for term, slots := range want {
			for slot, count := range slots {
				if to, stays := place(slot); stays {
					if kept[term] == nil {
						kept[term] = map[uint32]uint8{}
					}
					kept[term][to] = count
				}
			}
		}
		if got := heldBy([]*segment{merged}, body, all); !equalHeld(got, kept) {
			t.Fatalf("merged %v, want %v", got, kept)
		}
		d, err := draftSegment(newSegmentPath(g.path))
		if err != nil {
			t.Fatal(err)
		}
		mapped, err := merge(segments, 0, last, place, d)
		if err != nil {
			t.Fatal(err)
		}
		if got := heldBy([]*segment{mapped}, body, all); !equalHeld(got, kept) {
			t.Fatalf("merged in a file %v, want %v", got, kept)
		}
		if mapped.documents != merged.documents || mapped.documents != int(last+1)-int(last+3)/3 {
			t.Fatalf("%d documents in a file and %d in memory, of %d slots", mapped.documents, merged.documents, last+1)
		}
		for slot := range last + 1 {
			if got, want := mapped.wordings.at(slot), merged.wordings.at(slot); string(got) != string(want) {
				t.Fatalf("slot %d says %q in a file, want %q", slot, got, want)
			}
		}
		g.retire([]*segment{mapped})
	})
}

func TestASegmentIsReadAsItWasWrittenOrNotAtAll(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		var documents []prepared
		for i := range rapid.IntRange(1, 9).Draw(t, "documents") {
			documents = append(documents, drawDocument(t, i))
		}
		s := newSegment(documents, 7)
		all := func(uint32) bool { return true }
		want := heldBy([]*segment{s}, body, all)
		path := newSegmentPath(folder)
		if err := s.write(path); err != nil {
			t.Fatal(err)
		}
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		read := func(content []byte) (bool, error) {
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := openSegment(path, true)
			if err != nil {
				return false, err
			}
			same := equalHeld(heldBy([]*segment{got}, body, all), want) && got.first == s.first && got.last == s.last && got.documents == s.documents
			for i := range documents {
				same = same && string(got.wordings.at(uint32(i))) == string(documents[i].wording)
			}
			return same, got.release()
		}
		if same, err := read(whole); !same || err != nil {
			t.Fatalf("the same: %v, %v", same, err)
		}
		// A few bytes between the arrays mean nothing.
		at := rapid.IntRange(0, len(whole)-1).Draw(t, "changed byte")
		changed := slices.Clone(whole)
		changed[at] ^= 0x55
		if same, err := read(changed); !same && err == nil {
			t.Fatalf("with byte %d changed it passes for whole", at)
		}
		if same, err := read(whole[:at]); !same && err == nil {
			t.Fatalf("the first %d of %d bytes pass for all", at, len(whole))
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	})
}

// What a close match takes for a term is what comparing it with every term of
// the field would give.
func TestNearAndBeginningFindWhatAScanFinds(t *testing.T) {
	words := rapid.StringMatching(`[abcé]{1,9}|[а-в]{2,6}|电池`)
	rapid.Check(t, func(t *rapid.T) {
		known := rapid.SliceOfDistinct(words, rapid.ID).Draw(t, "known")
		var segments []*segment
		for i, w := range known {
			d := prepared{fields: make([][]termCount, fieldCount)}
			d.fields[body] = countTerms([]string{w})
			segments = append(segments, newSegment([]prepared{d}, uint32(i)))
		}
		asked := words.Draw(t, "asked")
		edits := rapid.IntRange(1, 2).Draw(t, "edits")
		var alike, begun []string
		for _, w := range slices.Sorted(slices.Values(known)) {
			if w != asked && analysis.Within(asked, w, edits) {
				alike = append(alike, w)
			}
			if w != asked && strings.HasPrefix(w, asked) {
				begun = append(begun, w)
			}
		}
		if got := near(segments, body, asked, edits); !slices.Equal(got, alike[:min(len(alike), maxExpansions)]) {
			t.Fatalf("near %q of %q: %q, want %q", asked, known, got, alike)
		}
		if got := beginning(segments, body, asked); !slices.Equal(got, begun[:min(len(begun), maxExpansions)]) {
			t.Fatalf("beginning with %q of %q: %q, want %q", asked, known, got, begun)
		}
	})
}
