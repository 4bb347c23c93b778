package analysis

import "strings"

// patentDigits is how long the number of a Chinese application is: year, kind and
// serial number, between which there may be spaces. A check digit follows, behind a
// point or not.
const (
	yearDigits   = 4
	kindDigits   = yearDigits + 1
	patentDigits = 12
)

// patentNumber is the term of the number of a Chinese patent that begins at an atom
// of a text, and of how many atoms it is; 0 where none does. People write
// ZL201910123456.7, 201910123456.7 and ZL 2019 1 0123456.7 for one.
func patentNumber(text string, sequence []atom, i int) (term string, length int) {
	at := sequence[i]
	if at.han {
		return "", 0
	}
	number := strings.TrimPrefix(strings.TrimPrefix(at.word, "zl"), "cn")
	if number != "" && !isDigit(number[0]) {
		return "", 0
	}
	for length = 1; len(number) < patentDigits && i+length < len(sequence); length++ {
		next := sequence[i+length]
		if next.han || strings.Trim(between(text, sequence[i+length-1], next), spaces) != "" {
			return "", 0
		}
		if before := len(number); before != 0 && before != yearDigits && before != kindDigits {
			return "", 0 // years in a row are no number
		}
		number += next.word
	}
	digits, rest := cutDigits(number[:min(patentDigits, len(number))])
	if len(digits) < patentDigits || rest != "" || !strings.HasPrefix(digits, "19") && !strings.HasPrefix(digits, "20") {
		return "", 0
	}
	switch behind := number[patentDigits:]; {
	case isCheck(behind):
	case behind != "":
		return "", 0
	case i+length < len(sequence):
		if next := sequence[i+length]; !next.han && isCheck(next.word) && between(text, sequence[i+length-1], next) == "." {
			length++
		}
	}
	return ValueMark + digits, length
}

func isCheck(word string) bool { return len(word) == 1 && (isDigit(word[0]) || word == "x") }
