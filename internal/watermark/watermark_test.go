package watermark_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"chengqiao/internal/document"
	"chengqiao/internal/errs"
	"chengqiao/internal/watermark"
)

const childVerb = "draw-watermark"

// TestMain is the working process too, as the program is.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == childVerb {
		if err := watermark.Child(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func marker(t *testing.T) *watermark.Marker {
	t.Helper()
	font, err := watermark.FindFont("")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return watermark.New([]string{program, childVerb}, font, slog.New(slog.DiscardHandler))
}

var mark = document.Mark{{Text: "张伟", Latin: "zhang@plant.example"}, {Text: "天山机械公司", Latin: "91650100MA00000000"}, {Text: "2026-11-23 10:00 UTC+8", Latin: "2026-11-23 10:00 UTC+8"}}

func page(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	return img
}

func encoded(t *testing.T, kind string, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch kind {
	case "image/png":
		err = png.Encode(&b, img)
	case "image/jpeg":
		err = jpeg.Encode(&b, img, nil)
	case "image/gif":
		err = gif.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// inked is the share of a picture's cells, 8 by 8, that bear ink.
func inked(t *testing.T, raw []byte) float64 {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	b := img.Bounds()
	const cells = 8
	n := 0
	for cy := range cells {
		for cx := range cells {
			found := false
			for y := b.Min.Y + cy*b.Dy()/cells; y < b.Min.Y+(cy+1)*b.Dy()/cells && !found; y++ {
				for x := b.Min.X + cx*b.Dx()/cells; x < b.Min.X+(cx+1)*b.Dx()/cells && !found; x++ {
					found = color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 0xd8
				}
			}
			if found {
				n++
			}
		}
	}
	return float64(n) / (cells * cells)
}

func TestEveryPartOfAnImageBearsTheMark(t *testing.T) {
	m := marker(t)
	for _, kind := range []string{"image/png", "image/jpeg", "image/gif"} {
		for _, size := range [][2]int{{800, 600}, {300, 1200}, {64, 64}} { // on a stamp there is room for one line
			into, ok := m.Marks(kind)
			if !ok {
				t.Fatalf("%s is not marked", kind)
			}
			got, err := m.Mark(t.Context(), kind, bytes.NewReader(encoded(t, kind, page(size[0], size[1]))), mark)
			if err != nil {
				t.Fatalf("%s of %v: %v", kind, size, err)
			}
			head, format, err := image.DecodeConfig(bytes.NewReader(got))
			if err != nil || "image/"+format != into || head.Width != size[0] || head.Height != size[1] {
				t.Errorf("%s of %v became %s of %dx%d (%v), want %s", kind, size, format, head.Width, head.Height, err, into)
			}
			if share := inked(t, got); share < 0.5 && size[0] > 64 || share == 0 {
				t.Errorf("%s of %v: only %.0f %% of it bears the mark", kind, size, share*100)
			}
		}
	}
}

func TestAMarkNamesItsReader(t *testing.T) {
	m := marker(t)
	raw := encoded(t, "image/png", page(400, 300))
	one, err := m.Mark(t.Context(), "image/png", bytes.NewReader(raw), mark)
	if err != nil {
		t.Fatal(err)
	}
	other := append(document.Mark{{Text: "李娜", Latin: "li@plant.example"}}, mark[1:]...)
	two, err := m.Mark(t.Context(), "image/png", bytes.NewReader(raw), other)
	if err != nil || bytes.Equal(one, two) {
		t.Errorf("two readers are given the same copy (%v)", err)
	}
}

func TestEveryPageOfAPDFBearsTheMark(t *testing.T) {
	api.DisableConfigDir()
	var source bytes.Buffer
	pictures := [][]byte{encoded(t, "image/png", page(200, 300)), encoded(t, "image/png", page(300, 200))}
	readers := []io.Reader{bytes.NewReader(pictures[0]), bytes.NewReader(pictures[1])}
	if err := api.ImportImages(nil, &source, readers, nil, nil); err != nil {
		t.Fatal(err)
	}
	got, err := marker(t).Mark(t.Context(), "application/pdf", bytes.NewReader(source.Bytes()), mark)
	if err != nil {
		t.Fatal(err)
	}
	if err := api.Validate(bytes.NewReader(got), nil); err != nil {
		t.Errorf("what came out is no PDF: %v", err)
	}
	marked, err := api.HasWatermarks(bytes.NewReader(got), nil)
	if err != nil || !marked {
		t.Errorf("it bears no mark (%v)", err)
	}
	n, err := api.PageCount(bytes.NewReader(got), nil)
	if err != nil || n != 2 {
		t.Errorf("it has %d pages (%v)", n, err)
	}
}

func TestWhatIsHostileIsRefusedAndEndsNothing(t *testing.T) {
	m := marker(t)
	var bomb bytes.Buffer
	z, err := zlib.NewWriterLevel(&bomb, zlib.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 4000 { // 4 GB of nothing
		if _, err := z.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	wide := encoded(t, "image/gif", image.NewPaletted(image.Rect(0, 0, 1, 1), color.Palette{color.White}))
	copy(wide[6:10], []byte{0xff, 0xff, 0xff, 0xff}) // 65,535 by 65,535
	for name, c := range map[string]struct {
		kind    string
		content []byte
	}{
		"a broken PDF":        {"application/pdf", []byte("%PDF-1.7\nnothing more")},
		"a PDF that swells":   {"application/pdf", swelling(bomb.Bytes())},
		"a broken image":      {"image/png", []byte("\x89PNG\r\n\x1a\n")},
		"an image too large":  {"image/gif", wide},
		"what is of no type":  {"text/plain", []byte("text")},
		"more than is worked": {"image/png", make([]byte, watermark.MaxBytes+1)},
	} {
		begun := time.Now()
		_, err := m.Mark(t.Context(), c.kind, bytes.NewReader(c.content), mark)
		if errs.CodeOf(err) != "file_cannot_be_marked" {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(begun); took > watermark.Patience+time.Minute {
			t.Errorf("%s took %v", name, took)
		}
	}
	if _, err := m.Mark(t.Context(), "image/png", bytes.NewReader(encoded(t, "image/png", page(10, 10))), mark); err != nil {
		t.Errorf("afterwards nothing is marked any more: %v", err)
	}
}

// swelling is a PDF whose one page's content is a deflated stream.
func swelling(stream []byte) []byte {
	var b bytes.Buffer
	var at []int
	object := func(text string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), text)
	}
	b.WriteString("%PDF-1.4\n")
	object("<</Type/Catalog/Pages 2 0 R>>")
	object("<</Type/Pages/Kids[3 0 R]/Count 1>>")
	object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<<>>/Contents 4 0 R>>")
	object(fmt.Sprintf("<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream", len(stream), stream))
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes()
}

func TestWhoGivesUpWaitsForNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := marker(t).Mark(ctx, "image/png", strings.NewReader(""), mark); err == nil {
		t.Error("a marking for nobody succeeds")
	}
}
