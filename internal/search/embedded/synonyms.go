package embedded

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"chengqiao/internal/search/analysis"
)

// synonymsFile keeps the synonyms that a generation is made with: a query that
// is put in terms of another list would miss what this one indexed.
const synonymsFile = "synonyms.json"

func (g *generation) keepSynonyms() error {
	content, err := json.Marshal(g.analyzer.Synonyms().Groups())
	if err != nil {
		return err
	}
	f, err := os.OpenFile(g.file(synonymsFile), os.O_CREATE|os.O_WRONLY|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// readSynonyms takes the analysis of a generation from its folder. One of an
// older program has no such file, and leaves the analysis as it is.
func (g *generation) readSynonyms() error {
	content, err := os.ReadFile(g.file(synonymsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var groups [][]string
	if err := json.Unmarshal(content, &groups); err != nil {
		return fmt.Errorf("%s: %w", synonymsFile, err)
	}
	synonyms, err := analysis.NewSynonyms(groups)
	if err != nil {
		return fmt.Errorf("%s: %w", synonymsFile, err)
	}
	g.analyzer = g.analyzer.With(synonyms)
	return nil
}
