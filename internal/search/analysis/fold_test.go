package analysis

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// foldedBySegments folds a text one normalisation segment after the other, as
// nothing but speed asks to be done otherwise.
func foldedBySegments(text string) []folded {
	f := folder{text: text}
	var out []folded
	for f.at < len(text) {
		f.foldSegment()
		out = append(out, f.segment...)
	}
	return out
}

// cutWordByWord cuts a text without looking at it but through the folder.
func cutWordByWord(text string) []atom {
	var out []atom
	var word []folded
	joined := false
	end := func() {
		if len(word) > 0 {
			w := writtenOut(inOneScript(spell(text, word)))
			start := word[0].start
			for _, sign := range []string{".", "．"} {
				if w == "net" && strings.HasSuffix(text[:start], sign) {
					w, start = ".net", start-len(sign)
				}
			}
			a := atom{term: stem(w), word: w, joined: joined, leads: known(w).leads(), start: start, end: word[len(word)-1].end}
			if n := len(out); n > 0 && !out[n-1].han && start > out[n-1].end {
				a.apart = apartBy(text[out[n-1].end:start])
			}
			out = append(out, a)
			word, joined = nil, true
		}
	}
	all := foldedBySegments(text)
	is := func(i int, r rune) bool { return i < len(all) && all[i].r == r }
	for i := 0; i < len(all); i++ {
		f := all[i]
		switch class := classify(f.r); {
		case class == letter, class == mark && len(word) > 0:
			if word = append(word, f); len(word) > 1 || unicode.IsDigit(f.r) {
				break
			}
			switch {
			case is(i+1, '+') && is(i+2, '+') && !is(i+3, '+'):
				word = append(word, all[i+1], all[i+2])
				i += 2
				end()
			case is(i+1, '#') && !is(i+2, '#') && (i+2 >= len(all) || !sameWord(all[i+2].r)):
				word = append(word, all[i+1])
				i++
				end()
			}
		case class == ideograph:
			end()
			out = append(out, atom{term: string(f.r), han: true, joined: joined, start: f.start, end: f.end})
			joined = true
		default:
			end()
			joined = false
		}
	}
	end()
	return out
}

func TestShortcutsFoldAndCutAlike(t *testing.T) {
	pieces := []string{
		"battery", "Batteries", "CO2", "5G", "é", "e\u0301", "x\u0301y", "Éclair", "ＡＢｃ", "１２", "（", "）", "，", "。", "、", "\u3000", "；", "％",
		"电池", "電池", "軟體", "硬體", "體", "動", "電\u0301", "㈱", "Ⅳ", "ﬁ", "か\u3099", "カﾞ", "。ﾞ", "，\u0301", "！\u1161", "한국", "й", "Ёж", "е\u0308", "Батарея", " ", "-", "\u00ad", "\u200b",
		"\xff", "a\xff", "ß", "İ", "K", "㎏", "m²", "~", "～", "〇", "C++", "c＋", "#", "F#", ".NET", "．net", "лазeр", "СO2", "γ", "Α", "μm", "々", "\U0001F600", "\U00020000",
	}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(pieces), rapid.StringN(0, 3, -1)), 0, 12).Draw(t, "pieces"), "")
		f := folder{text: text}
		var got []folded
		for c, ok := f.next(); ok; c, ok = f.next() {
			got = append(got, c)
		}
		if want := foldedBySegments(text); !slices.Equal(got, want) {
			t.Fatalf("%q folds to %v, by segments to %v", text, got, want)
		}
		if got, want := atoms(text), cutWordByWord(text); !slices.Equal(got, want) {
			t.Fatalf("%q is cut into %+v, word by word into %+v", text, got, want)
		}
	})
}
