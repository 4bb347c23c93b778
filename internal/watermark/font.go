package watermark

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// usualFonts are where systems keep a font with Chinese signs: Noto and
// WenQuanYi of Debian and Red Hat, PingFang and Songti of macOS, YaHei and
// SimSun of Windows.
var usualFonts = []string{
	"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
	"/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
	"/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
	"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
	"/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
	"/System/Library/Fonts/PingFang.ttc",
	"/System/Library/Fonts/Supplemental/Songti.ttc",
	`C:\Windows\Fonts\msyh.ttc`,
	`C:\Windows\Fonts\simsun.ttc`,
}

// maxFont bounds a font's file: Noto's for all of CJK has 20 MB.
const maxFont = 64 << 20

// probe are signs that a font for Chinese has.
const probe = "成桥水印张单位"

// FindFont is the font file that marks are drawn with: the configured one, or
// the first of the usual places that exists; "" where there is none, and marks
// are then in Latin letters. The error says why a configured one does not do.
func FindFont(configured string) (string, error) {
	if configured != "" {
		face, err := load(configured)
		if err != nil {
			return "", err
		}
		if !has(face, probe) {
			return "", fmt.Errorf("%s has no Chinese signs", configured)
		}
		return configured, nil
	}
	for _, path := range usualFonts {
		if face, err := load(path); err == nil && has(face, probe) {
			return path, nil
		}
	}
	return "", nil
}

// latin is what is always there.
func latin() *sfnt.Font {
	f, err := opentype.Parse(goregular.TTF)
	if err != nil {
		panic(err) // the bytes come with the library
	}
	return f
}

// load reads a font file, of a collection the first.
func load(path string) (*sfnt.Font, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFont {
		return nil, fmt.Errorf("%s is larger than a font", path)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	collection, err := opentype.ParseCollection(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if collection.NumFonts() == 0 {
		return nil, errors.New(path + " holds no font")
	}
	return collection.Font(0)
}

// has tells whether a font has every sign of a text.
func has(f *sfnt.Font, text string) bool {
	var b sfnt.Buffer
	for _, r := range text {
		if i, err := f.GlyphIndex(&b, r); err != nil || i == 0 {
			return false
		}
	}
	return true
}

// faceOf is a font at a size in pixels.
func faceOf(f *sfnt.Font, size float64) (font.Face, error) {
	return opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
}
