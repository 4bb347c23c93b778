package benchmark

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// Questions are n short searches as people type them, half of them in Chinese:
// author keywords of the real listings, and for English two words side by side
// in a title, or one. They are drawn by a seeded source of chance, frequent ones
// as often as they are in the listings.
func Questions(data string, n int) ([]string, error) {
	const seed = 7
	random := rand.New(rand.NewPCG(seed, uint64(n)))
	var chinese, english []string
	for i, name := range catalogues {
		err := readRecords(filepath.Join(data, name), func(r Record) {
			if i == 0 {
				chinese = append(chinese, r.Keywords...)
			} else {
				english = append(english, titleWords(r.Title, random)...)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	draw := func(from []string) string { return from[random.IntN(len(from))] }
	out := make([]string, n)
	for i := range out {
		if out[i] = draw(chinese); i%2 == 1 {
			out[i] = draw(english)
		}
	}
	return out, nil
}

// titleWords is one or two neighbouring words of a title, neither of them short.
func titleWords(title string, random *rand.Rand) []string {
	const shortest = 4
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) })
	words = slices.DeleteFunc(words, func(w string) bool { return len(w) < shortest })
	if len(words) == 0 {
		return nil
	}
	at := random.IntN(len(words))
	return []string{strings.Join(words[at:min(len(words), at+1+random.IntN(2))], " ")}
}
