// Package importer owns the files that listings come from and go into: JSON
// Lines and CSV (plain or gzip'd) and XLSX, with the columns of this product or
// of other people's. An import reads them row by row, maps each to the content
// of an achievement, a package or a need, and hands these to their services in
// batches; the Desk does the same for previews (package exchange), cell by cell;
// a harvest takes another platform's records over with their origin; templates
// and exports write the forms that an import reads.
//
// What cannot be read or mapped is rejected with its line and reason; what is
// known by its id is left alone when it says the same, and becomes a new
// version when it does not. Each record is taken whole or not at all; with
// Stop the file is. Memory is bounded, but for XLSX, whose directory stands at
// its end.
//
// The names of columns, the classes of technical fields and the profiles of
// other platforms are data (config/import.yaml, config/harvest.yaml). The
// command line stands in package app.
package importer
