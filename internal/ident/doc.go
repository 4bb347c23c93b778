// Package ident owns identifiers: the keys of the program's own rows, and the
// numbers that the outside world gives: unified social credit codes, patent
// numbers, contract and achievement registration numbers. It parses them into
// one canonical text, proves their check characters, and computes check
// characters for values that a demo or a test needs. It knows nothing about
// what the numbers stand for.
package ident
