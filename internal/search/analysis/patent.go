package analysis

import (
	"regexp"
	"strings"
)

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

// published and registered are the numbers of a published Chinese patent document, whose
// letter may be left out, and of registered software, as they are folded, without spaces.
var (
	published  = regexp.MustCompile("^cn([0-9]{7,9})(?:[abcusy][0-9]?)?$")
	registered = regexp.MustCompile("^((?:19|20)[0-9]{2})sr([0-9]{6,7})$")
)

// mostNumberParts is of how many atoms such a number is at most: CN 112345678 A.
const mostNumberParts = 3

// officeNumber is the term of such a number that begins at an atom of a text, and of how
// many atoms it is; 0 where none does. CN112345678A, CN 112345678 A and CN112345678 are
// one, and so are 2023SR0456123 and 2023 SR 0456123.
func officeNumber(text string, sequence []atom, i int) (term string, length int) {
	at := &sequence[i]
	if at.han || !strings.HasPrefix(at.word, "cn") && !strings.HasPrefix(at.word, "19") && !strings.HasPrefix(at.word, "20") {
		return "", 0
	}
	number := ""
	for n := 0; n < mostNumberParts && i+n < len(sequence); n++ {
		next := sequence[i+n]
		if next.han || n > 0 && strings.Trim(between(text, sequence[i+n-1], next), spaces+".") != "" {
			break
		}
		number += next.word
		if found := published.FindStringSubmatch(number); found != nil {
			term, length = ValueMark+"cn"+found[1], n+1
		} else if found := registered.FindStringSubmatch(number); found != nil {
			term, length = ValueMark+found[1]+"sr"+found[2], n+1
		}
	}
	return term, length
}
