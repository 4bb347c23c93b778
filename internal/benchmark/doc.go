// Package benchmark measures the built program as its users meet it, over HTTP
// and at a given number of listings, beside the bare engines on the same
// listings and questions. It is a tool for engineers: no part of the program
// imports it, and the program is started as any operator starts it.
package benchmark
