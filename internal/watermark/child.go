package watermark

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"golang.org/x/image/font/sfnt"

	"chengqiao/internal/document"
)

// order is what the working process is told, as the first line of its input;
// the file's content follows.
type order struct {
	ContentType string        `json:"content_type"`
	Font        string        `json:"font,omitempty"`
	Mark        document.Mark `json:"mark"`
}

// maxOrder bounds that line.
const maxOrder = 16 << 10

// ChildMemory is what the working process may take, in bytes: the largest
// image takes 288 MB decoded and as much again to draw on.
const ChildMemory = 1 << 30

// Child is the working process: it reads an order and a file, and writes the
// marked file. The error says what the file is not.
func Child(in io.Reader, out io.Writer) error {
	if err := boundMemory(ChildMemory); err != nil {
		return fmt.Errorf("bound memory: %w", err)
	}
	api.DisableConfigDir() // the library reads and leaves nothing in the home folder
	line, err := readLine(in)
	if err != nil {
		return err
	}
	var o order
	if err := json.Unmarshal(line, &o); err != nil {
		return err
	}
	content, err := readAll(in)
	if err != nil {
		return err
	}
	var chosen *sfnt.Font
	if o.Font != "" {
		if chosen, err = load(o.Font); err != nil {
			return err
		}
	}
	made, err := markFile(chosen, o.ContentType, content, o.Mark)
	if err != nil {
		return err
	}
	_, err = out.Write(made)
	return err
}

// readLine reads to the first line's end and no further.
func readLine(in io.Reader) ([]byte, error) {
	var line []byte
	for one := make([]byte, 1); len(line) < maxOrder; {
		if _, err := io.ReadFull(in, one); err != nil {
			return nil, err
		}
		if one[0] == '\n' {
			return line, nil
		}
		line = append(line, one[0])
	}
	return nil, fmt.Errorf("the order is longer than %d bytes", maxOrder)
}
