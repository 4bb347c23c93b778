package account

import (
	"encoding/json"
	"fmt"
	"io/fs"

	"chengqiao/internal/text"
)

// Paper is a text that a registration consents to.
type Paper struct {
	Purpose ConsentPurpose
	// Version names the words as they stand: a consent is to one version.
	Version            string
	Title, Description text.Text
	Chapters           []Chapter
}

// Chapter is one part of a paper.
type Chapter struct{ Title, Text text.Text }

// LoadPapers reads the texts of all consents that an account cannot do without,
// from the files that the web app shows too. The error names what is wrong.
func LoadPapers(files fs.FS) ([]Paper, error) {
	read := func(name string, into any) error {
		raw, err := fs.ReadFile(files, "legal/"+name)
		if err == nil {
			err = json.Unmarshal(raw, into)
		}
		if err != nil {
			return fmt.Errorf("papers: %s: %w", name, err)
		}
		return nil
	}
	var heads map[ConsentPurpose]struct {
		Version  string
		Chapters []string
	}
	if err := read("papers.json", &heads); err != nil {
		return nil, err
	}
	// By paper and key: a text, or the title and the text of a chapter.
	var words [2]map[ConsentPurpose]map[string]any
	for i, locale := range []string{text.Chinese, text.English} {
		if err := read(locale+".json", &words[i]); err != nil {
			return nil, err
		}
	}
	var papers []Paper
	for _, purpose := range requiredConsents {
		head := heads[purpose]
		missing := ""
		say := func(keys ...string) text.Text {
			var said [2]string
			for i := range words {
				var at any = words[i][purpose]
				for _, key := range keys {
					within, _ := at.(map[string]any)
					at = within[key]
				}
				if said[i], _ = at.(string); said[i] == "" {
					missing = fmt.Sprint(keys)
				}
			}
			return text.Text{Zh: said[0], En: said[1]}
		}
		p := Paper{Purpose: purpose, Version: head.Version, Title: say("title"), Description: say("description")}
		for _, chapter := range head.Chapters {
			p.Chapters = append(p.Chapters, Chapter{say(chapter, "title"), say(chapter, "text")})
		}
		if missing != "" || p.Version == "" || len(p.Chapters) == 0 {
			return nil, fmt.Errorf("papers: %s lacks its version, its chapters or a text in one language: %s", purpose, missing)
		}
		papers = append(papers, p)
	}
	return papers, nil
}
