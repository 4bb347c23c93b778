// Package importer owns the way of foreign files into the catalogue: JSON
// Lines (plain or gzip'd) and CSV, with the columns of this product or of
// other people's, are read line by line within bounded memory, mapped to the
// contents of achievements and needs, and handed to their services in batches.
//
// What cannot be read or mapped is rejected with its line and reason; what is
// known by its id is left alone when it says the same, and becomes a new
// version when it does not. Each record is taken whole or not at all; with
// Stop the file is.
//
// The names of columns and the classes of technical fields are data
// (config/import.yaml). The command line stands in package app.
package importer
