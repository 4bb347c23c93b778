package document

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"chengqiao/internal/policy"
)

// Kind is the kind of files in the journal.
const Kind = "file"

// SubjectKinds are the kinds of subjects that files are attached to.
var SubjectKinds = []string{"achievement", "package", "need", "contract", "plan", "distribution", "organisation"}

// File is one file of one subject, and one version of a document. It never
// changes; a better one is a further version.
type File struct {
	ID string
	// DocumentID is the file that the document began with: the first version's own id.
	DocumentID string
	// Number counts the document's versions from 1.
	Number      int64
	SubjectKind string
	SubjectID   string
	// Key finds the bytes in Blobs; never shown to anybody.
	Key string
	// Name is for people to read, see cleanName.
	Name string
	// Size is in bytes.
	Size int64
	// ContentType is what the bytes look like, not what the uploader said.
	ContentType string
	// SHA256 is lower-case hexadecimal.
	SHA256 string
	// Tier is who is told of it, and who reads it unless it is OnRequest.
	Tier policy.Tier
	// OnRequest: it is read by those alone to whom its owner granted it.
	OnRequest bool
	// UploadedBy is an account, OrgID the organisation it acted for.
	UploadedBy string
	OrgID      string
	UploadedAt time.Time
}

// extensions are the file types that are taken in, with the endings that a
// name of that type may have, the usual first. Pages, scripts, programs and
// archives are left out: a browser might run them, and nobody can review them.
var extensions = map[string][]string{
	"application/pdf": {".pdf"},
	"image/png":       {".png"},
	"image/jpeg":      {".jpg", ".jpeg"},
	"image/gif":       {".gif"},
	"image/webp":      {".webp"},
	"image/tiff":      {".tif", ".tiff"},
	"image/bmp":       {".bmp"},
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   {".docx"},
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         {".xlsx"},
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": {".pptx"},
	"application/msword":                              {".doc", ".wps"},
	"application/vnd.ms-excel":                        {".xls", ".et"},
	"application/vnd.ms-powerpoint":                   {".ppt", ".dps"},
	"application/vnd.oasis.opendocument.text":         {".odt"},
	"application/vnd.oasis.opendocument.spreadsheet":  {".ods"},
	"application/vnd.oasis.opendocument.presentation": {".odp"},
	"text/plain":                {".txt", ".md", ".csv"},
	"text/csv":                  {".csv"},
	"text/tab-separated-values": {".tsv"},
}

// Types are the media types that are taken in, sorted.
func Types() []string {
	out := make([]string, 0, len(extensions))
	for t := range extensions {
		out = append(out, t)
	}
	slices.Sort(out)
	return out
}

// maxName is the length of a file's name, in characters.
const maxName = 150

// cleanName makes the name an uploader gave safe to show: without folders,
// control characters and characters that turn the direction of reading (they
// make "gpj.exe" of "exe.jpg"), not too long, and with an ending that fits the
// content.
func cleanName(raw, contentType string) string {
	if i := strings.LastIndexAny(raw, `/\`); i >= 0 {
		raw = raw[i+1:]
	}
	raw = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == unicode.ReplacementChar, !unicode.IsGraphic(r), strings.ContainsRune(`"<>:|?*`, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(raw, ""))
	name := strings.TrimRight(norm.NFC.String(strings.Join(strings.Fields(raw), " ")), ". ")

	mediaType, _, _ := strings.Cut(contentType, ";")
	endings := extensions[strings.TrimSpace(mediaType)]
	ending := ""
	for _, e := range endings {
		if strings.HasSuffix(strings.ToLower(name), e) {
			ending = name[len(name)-len(e):]
			name = name[:len(name)-len(e)]
			break
		}
	}
	if ending == "" && len(endings) > 0 {
		ending = endings[0]
	}
	if stem := []rune(name); len(stem)+len(ending) > maxName {
		name = string(stem[:maxName-len(ending)])
	}
	if name = strings.Trim(name, ". "); name == "" {
		name = "file"
	}
	return name + ending
}
