// Package message owns the texts of problems in both languages, by stable
// code. The texts are data (config/messages), read by the API, the command
// line and, at build time, the web app.
package message

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"chengqiao/config"
)

// Locales with texts, the first is the default.
var Locales = []string{"zh-CN", "en"}

type catalogue struct {
	Problems map[string]string `json:"problems"`
	Fields   map[string]string `json:"fields"`
	// Values are the names of codes that parameters hold.
	Values map[string]string `json:"values"`
}

var load = sync.OnceValue(func() map[string]catalogue {
	out := map[string]catalogue{}
	for _, locale := range Locales {
		raw, err := config.Files.ReadFile("messages/" + locale + ".json")
		if err != nil {
			panic(fmt.Sprintf("message: embedded texts of %s: %v", locale, err))
		}
		var c catalogue
		if err := json.Unmarshal(raw, &c); err != nil {
			panic(fmt.Sprintf("message: embedded texts of %s: %v", locale, err))
		}
		out[locale] = c
	}
	return out
})

// Problem is the text of a problem code; the code itself when it has none. One
// that comes with a reason says that where it has a text.
func Problem(locale, code string, params map[string]any) string {
	texts := of(locale).Problems
	if reason, ok := params["reason"].(string); ok && texts[reason] != "" {
		code = reason
	}
	return fill(of(locale), texts[code], code, params)
}

// Field is the text of a field's code; the code itself when it has none.
func Field(locale, code string, params map[string]any) string {
	return fill(of(locale), of(locale).Fields[code], code, params)
}

// Codes are the codes of problems and of fields that a locale has texts for.
func Codes(locale string) (problems, fields map[string]string) {
	c := of(locale)
	return c.Problems, c.Fields
}

func of(locale string) catalogue {
	all := load()
	if c, ok := all[locale]; ok {
		return c
	}
	return all[Locales[0]]
}

// fill puts parameters in the places of "{name}", once: a value that looks
// like a place stays as it is. Of a number of bytes, "limit_bytes", the text
// can say how much that is, in the place "{limit_size}"; of basis points,
// "floor_bps", how many percent, "{floor_percent}"; of a code that has a name,
// "base", the name, "{base_name}".
func fill(c catalogue, text, code string, params map[string]any) string {
	if text == "" {
		return code
	}
	var places []string
	for name, v := range params {
		value := fmt.Sprint(v)
		places = append(places, "{"+name+"}", value)
		if of, counted := strings.CutSuffix(name, "_bytes"); counted {
			places = append(places, "{"+of+"_size}", sizeOf(value))
		}
		if of, rate := strings.CutSuffix(name, "_bps"); rate {
			places = append(places, "{"+of+"_percent}", percentOf(value))
		}
		if called, ok := c.Values[value]; ok {
			places = append(places, "{"+name+"_name}", called)
		}
	}
	return strings.NewReplacer(places...).Replace(text)
}

// percentOf is a number of basis points in percent, "7778" as "77.78%", as the
// web app writes it. What is no number stays as it is.
func percentOf(bps string) string {
	rate, err := strconv.ParseFloat(bps, 64)
	if err != nil {
		return bps
	}
	return strconv.FormatFloat(rate/100, 'f', -1, 64) + "%"
}

// sizeOf is a number of bytes as people read it, "52428800" as "50 MB", as the
// web app writes it. What is no number stays as it is.
func sizeOf(bytes string) string {
	size, err := strconv.ParseFloat(bytes, 64)
	if err != nil {
		return bytes
	}
	units := []string{"B", "KB", "MB", "GB"}
	for size >= 1024 && len(units) > 1 {
		size, units = size/1024, units[1:]
	}
	if size < 10 {
		size = math.Round(size*10) / 10
	} else {
		size = math.Round(size)
	}
	return strconv.FormatFloat(size, 'f', -1, 64) + " " + units[0]
}
