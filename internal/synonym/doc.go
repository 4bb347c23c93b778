// Package synonym owns the list of expressions that mean the same: what ships
// with the program, what an operator makes of it, and the list that results.
//
// A shipped group that nobody touched is nowhere stored: a newer program brings
// its own. One that an operator changed or switched off is stored in the shipped
// one's place, under the shipped one's id, and stays what the operator made it.
// How search and matching come to use the list is app's.
package synonym
