package watermark

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // decoders of what is taken in
	"image/jpeg"
	"image/png"
	"io"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	_ "golang.org/x/image/bmp"
	"golang.org/x/image/draw"
	"golang.org/x/image/font/sfnt"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"

	"chengqiao/internal/document"
)

// The bounds of what is worked on.
const (
	// MaxBytes is the largest file.
	MaxBytes = 32 << 20
	// MaxPixels is the largest image: a page of A3 scanned at 600 dpi.
	MaxPixels = 72_000_000
	// MaxPages is the longest PDF.
	MaxPages = 1000
)

const jpegQuality = 88

// intoType are the media types that can be marked, and what comes out.
var intoType = map[string]string{
	"application/pdf": "application/pdf",
	"image/png":       "image/png",
	"image/jpeg":      "image/jpeg",
	"image/gif":       "image/png",
	"image/webp":      "image/png",
	"image/tiff":      "image/png",
	"image/bmp":       "image/png",
}

var errTooLarge = errors.New("larger than what is marked")

// markFile gives a file's content with a mark over every page. It trusts nothing
// in the content and bounds what it can; what it cannot, its process bounds.
func markFile(chosen *sfnt.Font, contentType string, content []byte, m document.Mark) ([]byte, error) {
	if contentType == "application/pdf" {
		return markPDF(chosen, content, m)
	}
	return markImage(chosen, contentType, content, m)
}

func markImage(chosen *sfnt.Font, contentType string, content []byte, m document.Mark) ([]byte, error) {
	head, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	if int64(head.Width)*int64(head.Height) > MaxPixels {
		return nil, errTooLarge
	}
	picture, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	page := image.NewRGBA(image.Rect(0, 0, picture.Bounds().Dx(), picture.Bounds().Dy()))
	draw.Draw(page, page.Bounds(), picture, picture.Bounds().Min, draw.Src)
	drawn, err := label(chosen, m, lineSize(page.Bounds()))
	if err != nil {
		return nil, err
	}
	cover(page, drawn)
	var out bytes.Buffer
	if contentType == "image/jpeg" {
		err = jpeg.Encode(&out, page, &jpeg.Options{Quality: jpegQuality})
	} else {
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, page)
	}
	return out.Bytes(), err
}

// pageWidth and pageHeight are the mark's picture for a page, in pixels: A4 at
// 110 dpi. It is fitted to pages of other sizes.
const (
	pageWidth  = 910
	pageHeight = 1286
)

func markPDF(chosen *sfnt.Font, content []byte, m document.Mark) ([]byte, error) {
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationRelaxed
	conf.Offline = true
	ctx, err := api.ReadValidateAndOptimize(bytes.NewReader(content), conf)
	if err != nil {
		return nil, err
	}
	if ctx.PageCount > MaxPages {
		return nil, errTooLarge
	}
	overlay := image.NewRGBA(image.Rect(0, 0, pageWidth, pageHeight))
	drawn, err := label(chosen, m, lineSize(overlay.Bounds()))
	if err != nil {
		return nil, err
	}
	cover(overlay, drawn)
	var picture bytes.Buffer
	if err := png.Encode(&picture, overlay); err != nil {
		return nil, err
	}
	// On top and as large as the page, whatever its shape.
	wm, err := api.ImageWatermarkForReader(&picture, "pos:c, scale:1.0 rel, rot:0, opacity:1", true, false, types.POINTS)
	if err != nil {
		return nil, err
	}
	if err := pdfcpu.AddWatermarks(ctx, nil, wm); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = api.Write(ctx, &out, conf)
	return out.Bytes(), err
}

// readAll reads up to MaxBytes.
func readAll(r io.Reader) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err == nil && len(content) > MaxBytes {
		return nil, fmt.Errorf("%w: more than %d bytes", errTooLarge, MaxBytes)
	}
	return content, err
}
