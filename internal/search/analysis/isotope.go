package analysis

import (
	"slices"
	"strconv"
	"strings"
)

// An isotope is an element with its mass: people write Cs-137, 137Cs, ¹³⁷Cs, caesium-137,
// cesium 137 and 铯-137 for one.

// element is a chemical element by its symbol as it is folded.
type element struct {
	symbol string
	// number is that of its protons, between which and the mass there is a law.
	number int
	// names are those that people write before the mass, without spaces.
	names []string
	// masses are those by which a symbol of one letter names an isotope: C18 is a chain
	// of carbon and 40K a price. Of two letters any mass does that an isotope can have.
	masses []string
}

var elements = func() map[string]*element {
	out := map[string]*element{}
	for line := range strings.Lines(`
		h 1 hydrogen 氢
		he 2 helium 氦
		li 3 lithium 锂
		be 4 beryllium 铍
		b 5 boron 硼 /10
		c 6 carbon 碳 /13 14
		n 7 nitrogen 氮 /15
		o 8 oxygen 氧 /17 18
		f 9 fluorine 氟 /18
		ne 10 neon 氖
		na 11 sodium 钠
		mg 12 magnesium 镁
		al 13 aluminium aluminum 铝
		si 14 silicon 硅
		p 15 phosphorus 磷 /32 33
		s 16 sulfur sulphur 硫 /34 35
		cl 17 chlorine 氯
		ar 18 argon 氩
		k 19 potassium 钾
		ca 20 calcium 钙
		cr 24 chromium 铬
		mn 25 manganese 锰
		fe 26 iron 铁
		co 27 cobalt 钴
		ni 28 nickel 镍
		cu 29 copper 铜
		zn 30 zinc 锌
		ga 31 gallium 镓
		ge 32 germanium 锗
		se 34 selenium 硒
		kr 36 krypton 氪
		rb 37 rubidium 铷
		sr 38 strontium 锶
		y 39 yttrium 钇 /90
		zr 40 zirconium 锆
		nb 41 niobium 铌
		mo 42 molybdenum 钼
		tc 43 technetium 锝
		ru 44 ruthenium 钌
		pd 46 palladium 钯
		ag 47 silver 银
		cd 48 cadmium 镉
		in 49 indium 铟
		sb 51 antimony 锑
		te 52 tellurium 碲
		i 53 iodine 碘 /123 124 125 129 131
		xe 54 xenon 氙
		cs 55 caesium cesium 铯
		ba 56 barium 钡
		ce 58 cerium 铈
		nd 60 neodymium 钕
		pm 61 promethium 钷
		sm 62 samarium 钐
		eu 63 europium 铕
		gd 64 gadolinium 钆
		ho 67 holmium 钬
		yb 70 ytterbium 镱
		lu 71 lutetium 镥
		hf 72 hafnium 铪
		re 75 rhenium 铼
		os 76 osmium 锇
		ir 77 iridium 铱
		au 79 gold 金
		hg 80 mercury 汞
		tl 81 thallium 铊
		pb 82 lead 铅
		bi 83 bismuth 铋
		po 84 polonium 钋
		at 85 astatine 砹
		rn 86 radon 氡
		ra 88 radium 镭
		ac 89 actinium 锕
		th 90 thorium 钍
		pa 91 protactinium 镤
		u 92 uranium 铀 /233 234 235 236 238
		np 93 neptunium 镎
		pu 94 plutonium 钚
		am 95 americium 镅
		cm 96 curium 锔
		cf 98 californium 锎`) {
		said, masses, _ := strings.Cut(line, "/")
		words := strings.Fields(said)
		if len(words) == 0 {
			continue
		}
		number, _ := strconv.Atoi(words[1])
		e := &element{symbol: words[0], number: number, names: words[2:], masses: strings.Fields(masses)}
		out[e.symbol] = e
		for _, name := range e.names {
			out[name] = e
		}
	}
	return out
}()

// isotope is the term of the isotope that begins at an atom of a text, and of how many
// atoms it is; 0 where none does.
func isotope(text string, sequence []atom, i int) (term string, length int) {
	at := &sequence[i]
	if !at.han {
		if mass, symbol := cutDigits(at.word); mass != "" && symbol != "" { // 137Cs, 99mTc
			return isotopeOf(symbol, mass, 1)
		}
		symbol := strings.TrimRight(strings.TrimSuffix(at.word, metastable), "0123456789")
		if mass := at.word[len(symbol):]; symbol != "" && mass != "" && mass != metastable { // Cs137, Tc99m
			return isotopeOf(symbol, mass, 1)
		}
	}
	if i+1 == len(sequence) || sequence[i+1].han {
		return "", 0
	}
	next := &sequence[i+1]
	switch apart := next.apart; {
	case at.han:
		apart = apartBy(between(text, *at, *next))
		if isDigit(next.word[0]) && (next.start == at.end || apart != farApart) { // 铯-137
			return isotopeOf(at.term, next.word, 2)
		}
	case apart == hyphened && isDigit(at.word[0]): // 137-Cs
		return isotopeOf(next.word, at.word, 2)
	case apart == hyphened && isDigit(next.word[0]): // Cs-137
		return isotopeOf(at.word, next.word, 2)
	case apart == spaced && isDigit(next.word[0]) && len(at.word) > shortPart: // cesium 137; in 115 is none
		return isotopeOf(at.word, next.word, 2)
	}
	return "", 0
}

// metastable ends the mass of an excited nucleus: 99m.
const metastable = "m"

// isotopeOf is the term of the isotope of a name or symbol and a mass, which are so many
// atoms; 0 where there is none.
func isotopeOf(name, mass string, atoms int) (term string, length int) {
	if term = isotopeTerm(name, mass); term == "" {
		return "", 0
	}
	return term, atoms
}

// isotopeTerm is that of a symbol or name and a mass; "" where there is no such isotope.
func isotopeTerm(name, mass string) string {
	if rest, ok := strings.CutPrefix(name, metastable); ok && elements[rest] != nil && elements[name] == nil {
		name, mass = rest, mass+metastable // 99mTc
	}
	e := elements[name]
	if e == nil || e.symbol == name && len(name) == 1 && !slices.Contains(e.masses, mass) {
		return ""
	}
	return e.isotope(mass)
}

// isotope is the term of an element's isotope of a mass; "" where it cannot have one.
func (e *element) isotope(mass string) string {
	n, err := strconv.Atoi(strings.TrimSuffix(mass, metastable))
	// A nucleus has about as many neutrons as protons, and up to 1.6 times as many if it is heavy.
	if err != nil || mass[0] == '0' || n < 2*e.number-1 || n > 27*e.number/10+1 {
		return ""
	}
	return ValueMark + e.symbol + mass
}

// isotopeNames are what the writings of the isotope with a term, without its mark, begin with.
func isotopeNames(term string) []string {
	symbol := strings.TrimRight(strings.TrimSuffix(term, metastable), "0123456789")
	e := elements[symbol]
	if e == nil || len(symbol) == len(term) {
		return nil
	}
	return append([]string{term, term[len(symbol):]}, e.names...)
}
