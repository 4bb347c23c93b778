package analysis

import "unicode/utf8"

// Passage is the stretch of a text that answers most of what was asked.
type Passage struct {
	// Range is from where its first answer begins to where its last one ends.
	Range
	// Marks are all answers of the text, in order, apart from each other, as far as
	// it was read.
	Marks []Range
	// Worth is how much of what was asked it answers, to be compared with that of
	// another text; 0 of one that answers nothing.
	Worth int
}

// mostBytes are those of one column at most.
const mostBytes = 2

// Columns is how wide a text is, in Latin letters: what UTF-8 writes in three bytes
// or more, Han first of all, is as wide as two.
func Columns(text string) int {
	n := 0
	for i := range len(text) {
		if utf8.RuneStart(text[i]) {
			n++
		}
		if text[i] >= threeBytes {
			n++
		}
	}
	return n
}

// threeBytes is the least byte that begins a character of three.
const threeBytes = 0xE0

// Passage is the stretch of at most so many columns that answers most: the rarer
// something that was asked for, the more it counts; of equals the first. Where it
// answers everything, the text is read as far as so many more columns behind it,
// which may be shown with it, and no further.
func (m *Marker) Passage(text string, spelling bool, width, more int, phrases ...Phrase) Passage {
	w := &m.window
	w.begin(text, width, m.worths)
	for _, p := range phrases {
		w.ask(m.analyzer.phraseWorth(p))
	}
	end := len(text)
	var marks []Range
	m.each(text, spelling, phrases, func(at Range, unit int) int {
		marks = append(marks, at)
		if w.add(at, unit); w.best.Worth == w.asked {
			end = min(end, w.best.Start+(width+more)*mostBytes)
		}
		return end
	})
	w.best.Marks = merge(marks)
	return w.best
}

// phraseWorth is how much it tells that a text holds a phrase.
func (a *Analyzer) phraseWorth(p Phrase) int {
	worth := 0
	for _, u := range p.Units() {
		worth += a.worth(u)
	}
	return worth
}

// window is a stretch that goes through a text.
type window struct {
	text  string
	width int
	// worths are those of what is asked for, and asked is all of them together.
	worths []int
	asked  int
	// answers are those in the window, from first on; held counts them by unit.
	answers []answer
	first   int
	held    []int
	worth   int
	// bytes and columns are how far the text has been measured.
	bytes, columns int
	best           Passage
}

// answer is a place that answers a unit; from and to are in columns.
type answer struct {
	Range
	unit     int
	from, to int
}

func (w *window) begin(text string, width int, worths []int) {
	*w = window{text: text, width: width, worths: w.worths[:0], answers: w.answers[:0], held: w.held[:0]}
	for _, worth := range worths {
		w.ask(worth)
	}
}

func (w *window) ask(worth int) {
	w.worths, w.held = append(w.worths, worth), append(w.held, 0)
	w.asked += worth
}

// add takes in an answer that begins where the one before it does, or behind it.
func (w *window) add(at Range, unit int) {
	w.columns += Columns(w.text[w.bytes:at.Start])
	w.bytes = at.Start
	here := answer{Range: at, unit: unit, from: w.columns, to: w.columns + Columns(w.text[at.Start:at.End])}
	w.answers = append(w.answers, here)
	if w.held[unit]++; w.held[unit] == 1 {
		w.worth += w.worths[unit]
	}
	// What comes again is not waited for at the front.
	for last := len(w.answers) - 1; w.first < last; w.first++ {
		front := w.answers[w.first]
		if w.held[front.unit] == 1 {
			if here.to-front.from <= w.width {
				break
			}
			w.worth -= w.worths[front.unit]
		}
		w.held[front.unit]--
	}
	if w.worth > w.best.Worth {
		w.best = Passage{Range: Range{w.answers[w.first].Start, at.End}, Worth: w.worth}
	}
}
