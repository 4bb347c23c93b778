// Package exchange owns the way of an organisation's own files into its
// listings by way of a preview: a file is read into rows, each cell is checked,
// people mend what is wrong, and one confirmation takes the whole of it, or
// nothing. It knows nothing of file formats or of what a listing says: Records
// answers for both.
//
// A preview is its uploader's organisation's alone and lives for some days. It
// is open while cells are mended, committing from the confirmation until the
// background work has taken it in one transaction, and done after that; a
// record that is refused on the way opens it again, with nothing taken. Every
// change of it carries the version last read.
package exchange
