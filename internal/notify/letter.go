package notify

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/text"
)

// LetterFolder is where the letters' texts stand in the program's data files:
// one folder a language, one file a letter. A file's first line is the
// subject; an empty line and the text follow.
const LetterFolder = "templates/mail"

// Values are what a letter's text can use.
type Values struct {
	// Name is the reader's.
	Name string
	// Title is of what it is about, in the reader's language.
	Title string
	// Kind is the kind of what it is about, as in events.
	Kind string
	// Organisation is the other side's or the inviting one's name; empty where
	// it is concealed.
	Organisation string
	// Reason is what somebody gave as the cause of it.
	Reason string
	// Link leads to it.
	Link string
	// Items are listings that are told of together, Count how many listings or
	// messages there are and More how many of them are not shown.
	Items       []LetterItem
	Count, More int
	// Unsubscribe ends such letters; empty for those that nobody can do without.
	Unsubscribe string
	// Due is until when an answer is awaited; zero where none is.
	Due time.Time
}

// requestedLetters are the templates of letters that no rule writes.
var requestedLetters = []string{"verify_email", "address_known", "registration_unfinished", "reset_password", "member_invited", "contributor_invited", "handover_offered", "account_suspended", "account_restored", searchAlert, messagesUnread}

// Letters are the texts of all letters in both languages. Safe for concurrent use.
type Letters struct {
	byLocale map[string]map[string]*template.Template
}

// LoadLetters reads every text. The error names all that is wrong: a file that
// cannot be parsed or does not begin with a subject, a letter that is missing
// in a language, one that nothing writes.
func LoadLetters(files fs.FS) (*Letters, error) {
	l := &Letters{byLocale: map[string]map[string]*template.Template{}}
	var faults []error
	for _, locale := range []string{text.Chinese, text.English} {
		texts, err := readLetters(files, locale)
		faults = append(faults, err)
		for _, name := range letterNames() {
			if texts[name] == nil {
				faults = append(faults, fmt.Errorf("letters: %s is missing in %s", name, locale))
			}
		}
		for name := range texts {
			if !slices.Contains(letterNames(), name) {
				faults = append(faults, fmt.Errorf("letters: nothing writes %s", name))
			}
		}
		l.byLocale[locale] = texts
	}
	return l, errors.Join(faults...)
}

func readLetters(files fs.FS, locale string) (map[string]*template.Template, error) {
	names, err := fs.Glob(files, path.Join(LetterFolder, locale, "*.txt"))
	if err != nil {
		return nil, fmt.Errorf("letters: %w", err)
	}
	texts := map[string]*template.Template{}
	var faults []error
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			faults = append(faults, fmt.Errorf("letters: %w", err))
			continue
		}
		if subject, _, ok := strings.Cut(string(raw), "\n\n"); !ok || strings.Contains(subject, "\n") {
			faults = append(faults, fmt.Errorf("letters: %s does not begin with a subject and an empty line", name))
		}
		code := strings.TrimSuffix(path.Base(name), ".txt")
		parsed, err := template.New(code).Funcs(template.FuncMap{
			"date": func(t time.Time) string { return writeDate(t, locale) },
			"kind": func(kind string) string { return kindNames[kind].In(locale) },
		}).Parse(string(raw))
		if err != nil {
			faults = append(faults, fmt.Errorf("letters: %s: %w", name, err))
			continue
		}
		texts[code] = parsed
	}
	return texts, errors.Join(faults...)
}

// kindNames are the kinds of listings as letters call them.
var kindNames = map[string]text.Text{
	"achievement": {Zh: "科技成果", En: "achievement"},
	"package":     {Zh: "成果包", En: "achievement package"},
	"need":        {Zh: "技术需求", En: "technology need"},
}

// writeDate is a civil date of Asia/Shanghai as people write it.
func writeDate(t time.Time, locale string) string {
	if locale == text.English {
		return t.In(clock.Shanghai).Format("2 January 2006")
	}
	return t.In(clock.Shanghai).Format("2006年1月2日")
}

// letterNames are all letters that are written.
func letterNames() []string {
	out := slices.Clone(requestedLetters)
	for _, r := range rules {
		if r.letter != "" && !slices.Contains(out, r.code) {
			out = append(out, r.code)
		}
	}
	return out
}

// Write makes subject and text of a letter in a language, Chinese where the
// language has no texts. It fails for a name that is not a letter's.
func (l *Letters) Write(name, locale string, v Values) (subject, body string, err error) {
	texts, ok := l.byLocale[locale]
	if !ok {
		texts = l.byLocale[text.Chinese]
	}
	t := texts[name]
	if t == nil {
		return "", "", fmt.Errorf("notify: no letter %q", name)
	}
	var b strings.Builder
	if err := t.Execute(&b, v.inOneLine()); err != nil {
		return "", "", fmt.Errorf("notify: letter %s: %w", name, err)
	}
	subject, body, _ = strings.Cut(b.String(), "\n\n")
	return subject, body, nil
}

// inOneLine keeps what people wrote from adding lines to a letter: a title is
// not to look like the letter's own words, and never to begin the text early.
func (v Values) inOneLine() Values {
	texts := []*string{&v.Name, &v.Title, &v.Organisation, &v.Reason, &v.Link, &v.Unsubscribe}
	v.Items = slices.Clone(v.Items)
	for i := range v.Items {
		texts = append(texts, &v.Items[i].Title, &v.Items[i].Line, &v.Items[i].Owner)
	}
	for _, s := range texts {
		*s = strings.Join(strings.Fields(*s), " ")
	}
	return v
}
