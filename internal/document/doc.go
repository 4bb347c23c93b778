// Package document owns the files attached to subjects: which subject a file
// belongs to, its name and disclosure tier, who may read it, and the record of
// who did. The bytes are kept elsewhere (Blobs); what a subject is and who
// stands how to it is told by its domain (Subjects).
package document
