package indexing

// NewKeptHeads keeps what a store tells of live versions.
var NewKeptHeads = newKeptHeads
