package analysis

import (
	"strings"
	"unicode/utf8"
)

// A compound is written in one word, with a hyphen or in two words: wastewater,
// waste-water, waste water. A text is indexed under the whole too where it has the parts
// of one, and who asks for the parts of what is one thing however it is written asks for
// the whole. So all of its writings find the same.

// apart is what stands between a word and the word before it.
type apart uint8

const (
	farApart apart = iota // anything else
	spaced                // a space, or the stroke of AC/DC
	hyphened
)

const (
	hyphens = "-\u2010\u2011\u2013\uff0d" // a dash is in Mg–Al
	strokes = spaces + "/"
)

// apartBy reads what stands between two words.
func apartBy(between string) apart {
	switch between { // most words
	case " ":
		return spaced
	case "-":
		return hyphened
	}
	sign, size := utf8.DecodeRuneInString(between)
	switch {
	case size == 0 || size < len(between):
	case strings.ContainsRune(hyphens, sign):
		return hyphened
	case strings.ContainsRune(strokes, sign):
		return spaced
	}
	return farApart
}

// combining are what words begin with and what is no word of its own: what follows
// belongs to it whatever stands between.
var combining = wordSet(`aero agro allo anti auto benzo bio chemo chloro cryo cyber cyto eco electro endo epi exo ferro
	fluoro geo haemo hemo hetero homo hydro hyper hypo immuno infra inter intra iso macro magneto mega meta micro milli mini
	mono multi nano neuro nitro non ortho opto para peri petro phospho photo phyto piezo pneumo poly pre proto pseudo psycho
	pyro quasi retro self semi spectro sub sulfo sulpho super tele tetra thermo trans tri turbo ultra uni vibro
	авто агро анти аэро био вибро гео гидро изо макро метео микро моно мульти нано нейро опто пневмо поли термо турбо
	ультра фито фото электро энерго`)

// prefixes are words as well: over-voltage is one thing, and over any voltage is not.
var prefixes = wordSet("counter cross down extra fore mid mis off out over post pro servo stereo through under up")

// closed are the second parts of compounds that are mostly written in one word, as
// terms, by their first parts.
var closed = func() map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for line := range strings.Lines(`waste water
		ground water work
		sea water weed bed food
		rain water fall
		fresh water
		storm water
		salt water
		tail water gas
		melt water
		brackish water
		under water ground
		hot house
		green house
		ware house
		power house
		light house weight
		farm land
		grass land
		wet land
		wood land land
		crop land
		head land space lamp set
		soft ware
		hard ware
		firm ware
		middle ware
		data base set sheet center
		work flow piece station load force shop bench
		net work
		frame work
		fire wall fighting fighter proof
		water proof proofing front shed
		dust proof
		rust proof
		sound proof
		shock proof
		explosion proof
		block chain
		wave guide length form front let
		band width gap pass
		broad band
		base band line
		time scale stamp line
		life time span cycle
		real time
		run time way off
		down time stream
		up time stream
		on line site shore board
		off line site shore grid
		in situ vitro vivo door doors
		ex situ vitro vivo
		by product pass
		out door doors
		over voltage current load heating heat pressure
		feed back stock forward
		back up light scatter scattering filling
		black out
		break down through
		build up
		clean up
		scale up
		start up
		cut off
		take off
		lay out
		read out
		roll over
		cross link linked linker linking talk section
		rail way
		air craft flow borne tight bag ship port
		space craft
		live stock
		wild life
		saw dust mill
		straw berry
		blue berry
		wolf berry
		cotton seed
		rape seed
		flax seed
		oil seed field
		seed bed
		soy bean
		root stock
		corn cob
		egg shell plant
		silk worm
		earth worm quake work
		land slide fill mark
		flood plain
		snow melt pack
		coal bed field
		gas field
		pipe line
		drill hole
		bore hole
		well head bore
		hand held book over
		smart phone
		key word board hole
		pass word
		user name
		touch screen
		web site page
		home page
		wind mill break shield
		sun flower light
		day light time
		flow meter sheet rate
		end point
		set point
		check point
		view point
		pin hole
		man hole
		fly wheel
		gear box
		bed side rock
		heart beat
		blood stream
		finger print
		foot print
		bottle neck
		spread sheet
		heat sink
		photo voltaic
		stain less
		steel making
		paper making
		sand storm stone
		lime stone
		desert land
		per cent
		wi fi
		hi fi
		li fi ion
		na ion
		x ray
		e commerce government learning mail bike book waste health sports
		2 d
		3 d
		4 d`) {
		words := strings.Fields(line)
		seconds := map[string]bool{}
		for _, w := range words[1:] {
			seconds[stem(w)] = true
		}
		out[words[0]] = seconds
	}
	return out
}()

func wordSet(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

const (
	// mostParts are those of one compound: micro-electro-mechanical.
	mostParts = 4
	// shortPart is the length in characters of what is a part and hardly a word: X-ray,
	// Li-ion.
	shortPart = 2
	// longestCode and longestNumber are those of the names of types: ZSM-5, GH-4169.
	longestCode, longestNumber = 5, 5
)

// compounds visits the compounds that begin with the first of some atoms, shorter ones
// first, as they would be written in one word. Certain ones are one thing however they
// are written, so that every text is indexed under them that has their parts in a row.
func compounds(sequence []atom, certain bool, visit func(whole string, parts int)) {
	if len(sequence) < 2 || sequence[0].han || sequence[1].han || !compound(&sequence[0], &sequence[1], certain) {
		return
	}
	whole := sequence[0].word
	for n := 1; n < min(len(sequence), mostParts); n++ {
		before, next := &sequence[n-1], &sequence[n]
		if n > 1 && (!combining[before.word] || next.han || !compound(before, next, true)) {
			return
		}
		whole += next.word
		visit(whole, n+1)
	}
}

// longestCompound is the longest that compounds visits; "" if there is none.
func longestCompound(sequence []atom, certain bool) (whole string, parts int) {
	compounds(sequence, certain, func(w string, n int) { whole, parts = w, n })
	return whole, parts
}

// compound tells whether a word and the one that follows it are one.
func compound(a, b *atom, certain bool) bool {
	a.settle()
	switch {
	case b.apart == farApart, b.apart == spaced && !a.leads && !isDigit(b.word[0]):
		return false // most pairs of words are two, and a text has one at every word
	case closed[a.word] != nil && closed[a.word][b.stemmed()]:
		return true
	case b.apart == spaced && stopWords[b.stemmed()]:
		return false
	case combining[a.word]:
		return true
	case isCode(a.word, b.word):
		return b.apart == hyphened || !certain
	case isCode(b.word, a.word):
		return b.apart == hyphened && len(b.word) <= shortPart // 5-G; 5 g is a weight
	case !oneScript(a.word, b.word):
		return false
	case b.apart == spaced:
		return !certain && beginsCompound(a.word)
	}
	return !certain || beginsCompound(a.word)
}

// leads tells of a word that it may be one with what follows behind a space.
func leads(word string) bool {
	return combining[word] || closed[word] != nil || beginsCompound(word)
}

// beginsCompound tells of a word that is one with what follows behind a hyphen.
func beginsCompound(word string) bool {
	return prefixes[word] || utf8.RuneCountInString(word) <= shortPart && !stopWords[word] && !isDigit(word[len(word)-1])
}

// oneScript tells that a whole has endings to be taken off, or that its second part is
// too short to have any.
func oneScript(a, b string) bool {
	return utf8.RuneCountInString(b) <= shortPart+1 && !isDigit(b[0]) || wordScript(a) != nil && wordScript(a) == wordScript(b)
}

// isCode tells of letters and a number that name a type.
func isCode(letters, number string) bool {
	return len(letters) <= longestCode && wordScript(letters) != nil && len(number) <= longestNumber && isDigit(number[0]) && !stopWords[letters]
}
