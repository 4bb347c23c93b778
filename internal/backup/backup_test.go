package backup_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"chengqiao/internal/backup"
	"chengqiao/internal/backup/backuptest"
)

var head = backup.Head{
	Program: "chengqiao v1", MadeAt: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Engine: "sqlite", Schema: 176,
	Tables:         map[string][]string{"accounts": {"id", "size", "active", "note", "bytes"}, "empty": {"id"}, "steps": {"id"}},
	TokenKeySHA256: "ab",
}

var (
	fileKey = strings.Repeat("k", 26)
	content = "%PDF-1.7\n成果"
	rows    = [][]any{
		{"a", int64(math.MaxInt64), true, nil, []byte{0, 255}},
		{"b\n<\"&\u2028", int64(math.MinInt64), false, "", []byte{}},
		{"no UTF-8: \xff\xfe", int64(0), true, "{\"a\":\"\u0000\"}", nil},
	}
)

// written is a backup with a little of everything.
func written(t *testing.T) ([]byte, backup.Manifest) {
	t.Helper()
	var out bytes.Buffer
	w, err := backup.NewWriter(&out, head)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Row("accounts", row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Row("steps", []any{"s"}); err != nil {
		t.Fatal(err)
	}
	for _, f := range [][3]string{
		{backup.Files, fileKey, content}, {backup.Letters, "20261123T080000.000000Z-ABCDEFGH.eml", "To: a@example.org"}, {backup.TokenKey, "", "secret"},
	} {
		if err := w.Add(f[0], f[1], int64(len(f[2])), strings.NewReader(f[2])); err != nil {
			t.Fatal(err)
		}
	}
	manifest, err := w.Close([]string{strings.Repeat("x", 26)}, []string{"rows of a refer to none of b: 1"})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), manifest
}

func TestABackupComesBackAsItWas(t *testing.T) {
	archive, manifest := written(t)
	r, err := backup.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	want := head
	want.Format = backup.Format
	if !reflect.DeepEqual(r.Head(), want) {
		t.Errorf("the head is %+v", r.Head())
	}
	var gotRows [][]any
	got := map[string]string{}
	for {
		entry, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case entry.Table == "accounts":
			for row, err := entry.Row(); !errors.Is(err, io.EOF); row, err = entry.Row() {
				if err != nil {
					t.Fatal(err)
				}
				gotRows = append(gotRows, row)
			}
		case entry.Table == "": // the rows of the other table are passed over
			read, err := io.ReadAll(entry)
			if err != nil {
				t.Fatal(err)
			}
			got[entry.Part+" "+entry.Name] = string(read)
		}
	}
	if !reflect.DeepEqual(gotRows, rows) {
		t.Errorf("rows %q", gotRows)
	}
	if wantFiles := map[string]string{"files " + fileKey: content, "letters 20261123T080000.000000Z-ABCDEFGH.eml": "To: a@example.org", "token.key ": "secret"}; !maps.Equal(got, wantFiles) {
		t.Errorf("files %q", got)
	}
	if !reflect.DeepEqual(r.Manifest(), manifest) {
		t.Errorf("manifest %+v, want %+v", r.Manifest(), manifest)
	}
	if manifest.Rows() != 4 || manifest.Part("database/accounts").Count != 3 || manifest.Part("database/empty").Count != 0 || manifest.Part(backup.Files).Count != 1 {
		t.Errorf("counts %+v", manifest)
	}
}

func TestManyRowsTakeBoundedPieces(t *testing.T) {
	var out bytes.Buffer
	w, err := backup.NewWriter(&out, head)
	if err != nil {
		t.Fatal(err)
	}
	const n = 5000
	for i := range n {
		if err := w.Row("steps", []any{fmt.Sprint(i, strings.Repeat("长", 300))}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(nil, nil); err != nil {
		t.Fatal(err)
	}
	_, manifest, err := backup.Prove(bytes.NewReader(out.Bytes()))
	if err != nil || manifest.Rows() != n {
		t.Fatalf("%d rows, %v", manifest.Rows(), err)
	}
	for name, size := range entries(t, out.Bytes()) {
		if size > 2<<20 {
			t.Errorf("%s has %d bytes", name, size)
		}
	}
}

func entries(t *testing.T, archive []byte) map[string]int64 {
	t.Helper()
	unzipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	sizes := map[string]int64{}
	for in := tar.NewReader(unzipped); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return sizes
		}
		if err != nil {
			t.Fatal(err)
		}
		sizes[h.Name] = h.Size
	}
}

func TestABackupThatIsCutOffIsRefused(t *testing.T) {
	archive, _ := written(t)
	for n := range archive {
		if _, _, err := backup.Prove(bytes.NewReader(archive[:n])); !errors.Is(err, backup.ErrDamaged) {
			t.Errorf("cut off after %d of %d bytes: %v", n, len(archive), err)
		}
	}
	if _, _, err := backup.Prove(bytes.NewReader(append(slices.Clone(archive), 0))); !errors.Is(err, backup.ErrDamaged) {
		t.Errorf("one byte too many: %v", err)
	}
}

// TestAnInterruptionIsNotTakenForDamage ends the source's patience at every byte,
// the one after the last too.
func TestAnInterruptionIsNotTakenForDamage(t *testing.T) {
	archive, _ := written(t)
	for n := range len(archive) + 1 {
		source := io.MultiReader(bytes.NewReader(archive[:n]), iotest.ErrReader(context.Canceled))
		if _, _, err := backup.Prove(source); !errors.Is(err, context.Canceled) {
			t.Errorf("after %d of %d bytes: %v", n, len(archive), err)
		}
	}
}

// TestAnAlteredBackupIsRefused turns every bit. On some nothing depends, as on the
// compressed stream's own time: then it unpacks to what it was. Another digit of
// the format is another format.
func TestAnAlteredBackupIsRefused(t *testing.T) {
	archive, _ := written(t)
	want := unpacked(t, archive)
	for i := range len(archive) * 8 {
		altered := slices.Clone(archive)
		altered[i/8] ^= 1 << (i % 8)
		_, _, err := backup.Prove(bytes.NewReader(altered))
		refused := errors.Is(err, backup.ErrDamaged) || errors.Is(err, backup.ErrNewer)
		if !refused && (err != nil || !bytes.Equal(unpacked(t, altered), want)) {
			t.Errorf("bit %d of byte %d: %v", i%8, i/8, err)
		}
	}
}

func unpacked(t *testing.T, archive []byte) []byte {
	t.Helper()
	unzipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(unzipped)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestNoEntryLeadsOutOfAFolder(t *testing.T) {
	archive, _ := written(t)
	for _, name := range []string{
		"../" + fileKey, "/etc/passwd", "files/../" + fileKey, "files/" + strings.Repeat("k", 25) + ".", "files/" + strings.ToUpper(fileKey),
		"files/" + fileKey + "/x", "letters/../../x.eml", "letters/.eml", "letters/.part-1.eml", "letters/a\\b.eml", "token.key/x", "./token.key",
		"database/accounts/../000001.jsonl", "database/nobody/000001.jsonl", "database/Accounts/000001.jsonl", "search/index",
	} {
		altered := backuptest.Repacked(t, archive, func(h *tar.Header, content []byte) []byte {
			if h.Name == "files/"+fileKey {
				h.Name = name
			}
			return content
		})
		if _, _, err := backup.Prove(bytes.NewReader(altered)); !errors.Is(err, backup.ErrDamaged) {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, kind := range []byte{tar.TypeSymlink, tar.TypeLink, tar.TypeDir} {
		altered := backuptest.Repacked(t, archive, func(h *tar.Header, content []byte) []byte {
			if h.Name == "files/"+fileKey {
				h.Typeflag, h.Linkname = kind, "/etc/passwd"
			}
			return content
		})
		if _, _, err := backup.Prove(bytes.NewReader(altered)); !errors.Is(err, backup.ErrDamaged) {
			t.Errorf("an entry of the type %c: %v", kind, err)
		}
	}
}

func TestWhatIsMissingOrFromElsewhereIsSeen(t *testing.T) {
	archive, _ := written(t)
	for what, change := range map[string]func(h *tar.Header, content []byte) []byte{
		"a table":       func(h *tar.Header, c []byte) []byte { return unless(h.Name == "database/steps/000001.jsonl", c) },
		"the last part": func(h *tar.Header, c []byte) []byte { return unless(h.Name == "token.key", c) },
		"the manifest":  func(h *tar.Header, c []byte) []byte { return unless(h.Name == "manifest.json", c) },
		"the head":      func(h *tar.Header, c []byte) []byte { return unless(h.Name == "backup.json", c) },
		"another row": func(h *tar.Header, c []byte) []byte {
			return bytes.Replace(c, []byte(`["s"]`), []byte(`["t"]`), 1)
		},
		"another file's bytes": func(h *tar.Header, c []byte) []byte { return bytes.Replace(c, []byte("PDF-1.7"), []byte("PDF-1.6"), 1) },
		"another name": func(h *tar.Header, c []byte) []byte {
			h.Name = strings.Replace(h.Name, fileKey, strings.Repeat("m", 26), 1)
			return c
		},
	} {
		if _, _, err := backup.Prove(bytes.NewReader(backuptest.Repacked(t, archive, change))); !errors.Is(err, backup.ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
	}
	whole := backuptest.Repacked(t, archive, func(_ *tar.Header, c []byte) []byte { return c })
	if _, _, err := backup.Prove(bytes.NewReader(whole)); err != nil {
		t.Errorf("packed anew by another program: %v", err)
	}
}

func unless(left bool, content []byte) []byte {
	if left {
		return nil
	}
	return content
}

func TestAnotherFormatIsNotGuessedAt(t *testing.T) {
	archive, _ := written(t)
	for format, want := range map[string]error{"2": backup.ErrNewer, "0": backup.ErrDamaged, `"x"`: backup.ErrDamaged} {
		altered := backuptest.Repacked(t, archive, func(_ *tar.Header, c []byte) []byte {
			return bytes.Replace(c, []byte(`"format": 1`), []byte(`"format": `+format), 1)
		})
		if _, _, err := backup.Prove(bytes.NewReader(altered)); !errors.Is(err, want) {
			t.Errorf("format %s: %v", format, err)
		}
	}
}
