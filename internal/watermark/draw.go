package watermark

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/f64"
	"golang.org/x/image/math/fixed"

	"chengqiao/internal/document"
)

// The look of a mark: dark grey through which the page can be read, leaning
// upwards, in rows close enough that no corner of a page is without one.
const (
	strength  = 0x58
	lean      = math.Pi / 8
	lineSpace = 1.35
)

// label draws the lines of a mark as one picture, size pixels high each line.
func label(chosen *sfnt.Font, mark document.Mark, size float64) (*image.RGBA, error) {
	fallback := latin()
	type line struct {
		text string
		face font.Face
	}
	var lines []line
	width := 0
	for _, l := range mark {
		text, from := l.Latin, fallback
		switch {
		case has(fallback, l.Text):
			text = l.Text
		case chosen != nil && has(chosen, l.Text):
			text, from = l.Text, chosen
		}
		if text == "" {
			continue
		}
		face, err := faceOf(from, size)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line{text, face})
		width = max(width, font.MeasureString(face, text).Ceil())
	}
	step := int(math.Ceil(size * lineSpace))
	out := image.NewRGBA(image.Rect(0, 0, width+2, step*len(lines)+2))
	ink := image.NewUniform(color.NRGBA{0x20, 0x20, 0x28, strength})
	for i, l := range lines {
		d := font.Drawer{Dst: out, Src: ink, Face: l.face, Dot: fixed.P(0, step*i+int(math.Ceil(size)))}
		d.DrawString(l.text)
		_ = l.face.Close()
	}
	return out, nil
}

// cover draws a label over all of a picture, leaning, in staggered rows.
func cover(page draw.Image, label *image.RGBA) {
	sin, cos := math.Sincos(-lean)
	w, h := float64(label.Bounds().Dx()), float64(label.Bounds().Dy())
	across := w*1.25 + h
	down := h*1.6 + w*math.Sin(lean)*0.6
	bounds := page.Bounds()
	for row, y := 0, float64(bounds.Min.Y)-down/2; y < float64(bounds.Max.Y)+w*math.Sin(lean)+h; row, y = row+1, y+down {
		x := float64(bounds.Min.X) - across/3
		if row%2 == 1 {
			x -= across / 2
		}
		for ; x < float64(bounds.Max.X); x += across {
			draw.BiLinear.Transform(page, f64.Aff3{cos, -sin, x, sin, cos, y}, label, label.Bounds(), draw.Over, nil)
		}
	}
}

// lineSize is the height of a line that suits a picture: readable on the whole
// page and small enough to stand on it several times.
func lineSize(b image.Rectangle) float64 {
	return min(max(float64(min(b.Dx(), b.Dy()))/32, 9), 160)
}
