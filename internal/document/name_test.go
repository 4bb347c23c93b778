package document

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestANameIsMadeSafeToShow(t *testing.T) {
	for _, c := range []struct{ raw, contentType, want string }{
		{"检测报告.pdf", "application/pdf", "检测报告.pdf"},
		{`C:\Users\李\合同.PDF`, "application/pdf", "合同.PDF"},
		{"../../etc/passwd", "text/plain; charset=utf-8", "passwd.txt"},
		{"发票.exe", "application/pdf", "发票.exe.pdf"},
		{"photo\u202egpj.exe", "image/jpeg", "photogpj.exe.jpg"},
		{"a\r\nSet-Cookie: x=1.png", "image/png", "a Set-Cookie x=1.png"},
		{"  报告 \t 终稿 .docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "报告 终稿.docx"},
		{"数据.csv", "text/plain; charset=gbk", "数据.csv"},
		{".pdf", "application/pdf", "file.pdf"},
		{"", "image/png", "file.png"},
		{"...", "image/png", "file.png"},
	} {
		if got := cleanName(c.raw, c.contentType); got != c.want {
			t.Errorf("%q of %s becomes %q, want %q", c.raw, c.contentType, got, c.want)
		}
	}
}

func TestAnyNameBecomesShortPlainAndFitting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.String().Draw(t, "raw")
		contentType := rapid.SampledFrom(Types()).Draw(t, "type")
		got := cleanName(raw, contentType)
		if n := utf8.RuneCountInString(got); n == 0 || n > maxName {
			t.Fatalf("%q has %d characters", got, n)
		}
		if strings.ContainsAny(got, "/\\\"\r\n\x00") || !utf8.ValidString(got) {
			t.Fatalf("%q is not plain", got)
		}
		if again := cleanName(got, contentType); again != got {
			t.Fatalf("%q is cleaned again to %q", got, again)
		}
		for _, ending := range extensions[contentType] {
			if strings.HasSuffix(strings.ToLower(got), ending) {
				return
			}
		}
		t.Fatalf("%q does not end like %s", got, contentType)
	})
}
