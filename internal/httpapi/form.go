package httpapi

import (
	"errors"
	"io"
	"mime/multipart"
	"slices"

	"chengqiao/internal/errs"
)

// maxField is the length of a form field beside an uploaded file, in bytes.
const maxField = 1 << 10

// readForm reads a form up to its file, which streams through to where it is
// kept: the fields that say whether it may come, and who may have it, stand
// before it. Errors: errs.Malformed "malformed_request"; errs.Invalid
// "invalid_fields" for a field that is not known, or no file.
func readForm(form *multipart.Reader, known ...string) (fields map[string]string, file *lastPart, err error) {
	if form == nil {
		return nil, nil, errs.New(errs.Malformed, "malformed_request")
	}
	fields = map[string]string{}
	for {
		part, err := form.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil, nil, errs.InvalidFields([]errs.Field{{Path: fileField, Code: "required"}})
		case err != nil:
			return nil, nil, formError(err)
		}
		name := part.FormName()
		if name == fileField {
			return fields, &lastPart{Part: part, form: form}, nil
		}
		if !slices.Contains(known, name) {
			return nil, nil, errs.InvalidFields([]errs.Field{{Path: name, Code: "unknown_field"}})
		}
		value, err := io.ReadAll(io.LimitReader(part, maxField+1))
		if err != nil {
			return nil, nil, formError(err)
		}
		if _, twice := fields[name]; twice || len(value) > maxField || !storable(string(value)) {
			return nil, nil, errs.New(errs.Malformed, "malformed_request")
		}
		fields[name] = string(value)
	}
}

// fileField is the name of a form's file.
const fileField = "file"

// lastPart is the file of a form. Its bytes come to a good end only where the
// form ends: what followed would be said of a file that is kept already, and be
// lost without a word.
type lastPart struct {
	*multipart.Part
	form *multipart.Reader
	end  error
}

// Read implements io.Reader. Errors beside the form's own: errs.Invalid
// "invalid_fields" for what follows the file.
func (p *lastPart) Read(b []byte) (int, error) {
	if p.end != nil {
		return 0, p.end
	}
	n, err := p.Part.Read(b)
	if errors.Is(err, io.EOF) {
		err = p.follows()
		p.end = err
	}
	return n, err
}

// follows is io.EOF where nothing does.
func (p *lastPart) follows() error {
	next, err := p.form.NextPart()
	switch {
	case err == io.EOF: // of a form that is cut off it is wrapped
		return io.EOF
	case err != nil:
		return formError(err)
	case next.FormName() == fileField:
		return errs.InvalidFields([]errs.Field{{Path: fileField, Code: "too_many", Params: errs.Params{"max": 1}}})
	}
	return errs.InvalidFields([]errs.Field{{Path: next.FormName(), Code: "after_file"}})
}
