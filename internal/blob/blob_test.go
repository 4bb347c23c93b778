package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"chengqiao/internal/blob"
	"chengqiao/internal/blob/s3test"
	"chengqiao/internal/errs"
)

// onEveryBucket runs a test on both places for bytes.
func onEveryBucket(t *testing.T, test func(t *testing.T, s *blob.Store, kept func() int)) {
	t.Run("folder", func(t *testing.T) {
		dir := t.TempDir()
		bucket, err := blob.OpenFolder(filepath.Join(dir, "files"))
		if err != nil {
			t.Fatal(err)
		}
		test(t, newStore(t, bucket, filepath.Join(dir, "spool")), func() int { return filesBelow(t, dir) })
	})
	t.Run("s3", func(t *testing.T) {
		server, spool := s3test.Start(t), t.TempDir()
		test(t, newStore(t, openS3(t, server), spool), func() int {
			return len(server.Objects()) + filesBelow(t, spool)
		})
	})
}

// toNobody tells nobody the key of an upload.
func toNobody(context.Context, string) error { return nil }

func TestNothingIsKeptOfAnUploadOfWhichNobodyCouldBeTold(t *testing.T) {
	onEveryBucket(t, func(t *testing.T, s *blob.Store, kept func() int) {
		away, told := errors.New("nobody listens"), ""
		_, err := s.Put(t.Context(), strings.NewReader("text"), blob.Rule{MaxBytes: 10}, func(ctx context.Context, key string) error {
			told = key
			if _, err := s.Open(ctx, key); !errors.Is(err, blob.ErrNotFound) {
				t.Errorf("before anybody was told of it: %v", err)
			}
			return away
		})
		if !errors.Is(err, away) || told == "" || kept() != 0 {
			t.Errorf("%v; told of %q, and %d files are kept", err, told, kept())
		}
	})
}

func TestAnUploadComesBackAsItWas(t *testing.T) {
	onEveryBucket(t, func(t *testing.T, s *blob.Store, kept func() int) {
		content := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("成果"), 50_000)...)
		sum := sha256.Sum256(content)
		info, err := s.Put(t.Context(), iotest.OneByteReader(bytes.NewReader(content)), blob.Rule{MaxBytes: 1 << 20}, toNobody)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size != int64(len(content)) || info.SHA256 != hex.EncodeToString(sum[:]) || info.ContentType != "application/pdf" {
			t.Errorf("described as %+v", info)
		}
		file, err := s.Open(t.Context(), info.Key)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if got, err := io.ReadAll(file); err != nil || !bytes.Equal(got, content) || file.Size() != info.Size {
			t.Errorf("read %d bytes, size %d, %v; want %d", len(got), file.Size(), err, len(content))
		}
		if _, err := file.Seek(9, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		part := make([]byte, len("成果"))
		if _, err := io.ReadFull(file, part); err != nil || string(part) != "成果" {
			t.Errorf("after seeking read %q, %v", part, err)
		}
		if n := kept(); n != 1 {
			t.Errorf("%d files are kept, want 1 and nothing on its way", n)
		}
	})
}

func TestAFileCanBeForgotten(t *testing.T) {
	onEveryBucket(t, func(t *testing.T, s *blob.Store, kept func() int) {
		info, err := s.Put(t.Context(), strings.NewReader("text"), blob.Rule{MaxBytes: 10}, toNobody)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Delete(t.Context(), info.Key); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Open(t.Context(), info.Key); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("opening gives %v", err)
		}
		if n := kept(); n != 0 {
			t.Errorf("%d files are kept", n)
		}
	})
}

func TestARefusedUploadLeavesNothing(t *testing.T) {
	broken := errors.New("the client went away")
	png := "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
	onEveryBucket(t, func(t *testing.T, s *blob.Store, kept func() int) {
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		for name, c := range map[string]struct {
			ctx    context.Context
			upload io.Reader
			rule   blob.Rule
			want   error
		}{
			"one byte too large": {t.Context(), strings.NewReader("12345678901"), blob.Rule{MaxBytes: 10}, blob.ErrTooLarge},
			"endless":            {t.Context(), endless{}, blob.Rule{MaxBytes: 1 << 20}, blob.ErrTooLarge},
			"empty":              {t.Context(), strings.NewReader(""), blob.Rule{MaxBytes: 10}, blob.ErrEmpty},
			"of another type":    {t.Context(), strings.NewReader(png), blob.Rule{MaxBytes: 100, Types: []string{"application/pdf"}}, blob.ErrWrongType},
			"broken off":         {t.Context(), io.MultiReader(strings.NewReader("some"), iotest.ErrReader(broken)), blob.Rule{MaxBytes: 100}, broken},
			"cancelled":          {cancelled, strings.NewReader("text"), blob.Rule{MaxBytes: 100}, context.Canceled},
		} {
			if _, err := s.Put(c.ctx, c.upload, c.rule, toNobody); !errors.Is(err, c.want) {
				t.Errorf("%s: got %v, want %v", name, err, c.want)
			}
		}
		if n := kept(); n != 0 {
			t.Errorf("%d files are kept", n)
		}
	})
}

func TestTheLimitItselfIsAllowed(t *testing.T) {
	onEveryBucket(t, func(t *testing.T, s *blob.Store, _ func() int) {
		info, err := s.Put(t.Context(), strings.NewReader("1234567890"), blob.Rule{MaxBytes: 10, Types: []string{"text/plain"}}, toNobody)
		if err != nil || info.Size != 10 {
			t.Errorf("got %+v, %v", info, err)
		}
	})
}

func TestTooLargeTellsTheLimit(t *testing.T) {
	onEveryBucket(t, func(t *testing.T, s *blob.Store, _ func() int) {
		_, err := s.Put(t.Context(), endless{}, blob.Rule{MaxBytes: 1000}, toNobody)
		if got := errs.As(err).Params["limit_bytes"]; got != int64(1000) {
			t.Errorf("the error says %v", got)
		}
	})
}

// TestNoKeyLeavesTheFolder: keys come back from clients.
func TestNoKeyLeavesTheFolder(t *testing.T) {
	onEveryBucket(t, func(t *testing.T, s *blob.Store, _ func() int) {
		for _, key := range []string{
			"", "a", "..", "../secret", "ab/../../secret", strings.Repeat("a", 25), strings.Repeat("a", 27),
			"../../aaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaa\n", strings.Repeat("A", 26), "aa\x00aaaaaaaaaaaaaaaaaaaaaaa",
			strings.Repeat("a", 26),
		} {
			if _, err := s.Open(t.Context(), key); !errors.Is(err, blob.ErrNotFound) {
				t.Errorf("opening %q gives %v", key, err)
			}
			if err := s.Delete(t.Context(), key); err != nil {
				t.Errorf("deleting %q gives %v", key, err)
			}
		}
	})
}

func TestEqualFilesHaveDifferentKeys(t *testing.T) {
	onEveryBucket(t, func(t *testing.T, s *blob.Store, _ func() int) {
		seen := map[string]bool{}
		for range 5 {
			info, err := s.Put(t.Context(), strings.NewReader("same"), blob.Rule{MaxBytes: 10}, toNobody)
			if err != nil || seen[info.Key] {
				t.Fatalf("key %q again, or %v", info.Key, err)
			}
			seen[info.Key] = true
		}
	})
}

func TestCheckTellsAUsableBucketFromAnother(t *testing.T) {
	onEveryBucket(t, func(t *testing.T, s *blob.Store, kept func() int) {
		if err := s.Check(t.Context()); err != nil {
			t.Error(err)
		}
		if n := kept(); n != 0 {
			t.Errorf("checking left %d files", n)
		}
	})

	dir := filepath.Join(t.TempDir(), "files")
	folder, err := blob.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if err := folder.Check(t.Context()); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("a folder that is gone gives %v", err)
	}

	server := s3test.Start(t)
	bucket := openS3(t, server)
	server.RenameBucket("another")
	if err := bucket.Check(t.Context()); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("a bucket that is not there gives %v", err)
	}
	server.Close()
	if err := bucket.Check(t.Context()); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("a storage that is away gives %v", err)
	}
}

func TestS3KeepsTypeAndChecksumBesideTheFile(t *testing.T) {
	server := s3test.Start(t)
	info, err := newStore(t, openS3(t, server), t.TempDir()).Put(t.Context(), strings.NewReader("text"), blob.Rule{MaxBytes: 10}, toNobody)
	if err != nil {
		t.Fatal(err)
	}
	object, ok := server.Objects()["chengqiao/"+info.Key]
	if !ok || object.ContentType != info.ContentType || object.SHA256 != info.SHA256 {
		t.Errorf("kept as %+v", object)
	}
}

func TestStoreRemovesWhatACrashLeftAndNothingElse(t *testing.T) {
	spool := t.TempDir()
	for name, age := range map[string]time.Duration{"upload-old": 25 * time.Hour, "upload-now": 0, "else": 25 * time.Hour} {
		path := filepath.Join(spool, name)
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		then := time.Now().Add(-age)
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
	}
	newStore(t, openS3(t, s3test.Start(t)), spool)
	for name, want := range map[string]bool{"upload-old": false, "upload-now": true, "else": true} {
		if _, err := os.Stat(filepath.Join(spool, name)); (err == nil) != want {
			t.Errorf("%s is there: %t, want %t", name, err == nil, want)
		}
	}
}

func TestAnAddressWithoutASchemeIsRefused(t *testing.T) {
	for _, endpoint := range []string{"", "s3.example.org", "ftp://s3.example.org", "https://"} {
		if _, err := blob.OpenS3(blob.S3Options{Endpoint: endpoint, Bucket: "b"}); err == nil {
			t.Errorf("%q was taken", endpoint)
		}
	}
}

func newStore(t *testing.T, bucket blob.Bucket, spool string) *blob.Store {
	t.Helper()
	s, err := blob.NewStore(bucket, spool)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func filesBelow(t *testing.T, dir string) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// endless never ends; only the limit stops it.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// TestFolderCopiesWhereItCannotLink: the spool may lie on another file system.
// A file whose name is gone cannot be linked either.
func TestFolderCopiesWhereItCannotLink(t *testing.T) {
	dir := t.TempDir()
	folder, err := blob.OpenFolder(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	spooled, err := os.CreateTemp(dir, "spooled-*")
	if err != nil {
		t.Fatal(err)
	}
	defer spooled.Close()
	_, err = spooled.WriteString("content")
	if err := errors.Join(err, os.Remove(spooled.Name())); err != nil {
		t.Fatal(err)
	}
	if _, err := spooled.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	key := strings.Repeat("k", 26)
	if err := folder.Put(t.Context(), spooled, blob.Info{Key: key, Size: 7}); err != nil {
		t.Fatal(err)
	}
	file, err := folder.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got, err := io.ReadAll(file); err != nil || string(got) != "content" {
		t.Errorf("read %q, %v", got, err)
	}
	if n := filesBelow(t, dir); n != 1 {
		t.Errorf("%d files lie there, want 1", n)
	}
}

// TestAFileOfABackupGetsItsKeyBack brings a file to where it is not, is as it
// was, and is damaged.
func TestAFileOfABackupGetsItsKeyBack(t *testing.T) {
	onEveryBucket(t, func(t *testing.T, s *blob.Store, kept func() int) {
		key := strings.Repeat("k", 26)
		read := func() string {
			t.Helper()
			file, err := s.Open(t.Context(), key)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			content, err := io.ReadAll(file)
			if err != nil {
				t.Fatal(err)
			}
			return string(content)
		}
		for i, c := range []struct {
			content string
			fresh   bool
		}{{"%PDF-1.7", true}, {"%PDF-1.7", false}, {"%PDF-1.8", false}} {
			fresh, err := s.Keep(t.Context(), key, strings.NewReader(c.content))
			if err != nil || fresh != c.fresh || read() != c.content {
				t.Errorf("%d: fresh %t, %q, %v", i, fresh, read(), err)
			}
		}
		broken := errors.New("the archive broke")
		other := strings.Repeat("m", 26)
		if fresh, err := s.Keep(t.Context(), other, io.MultiReader(strings.NewReader("some"), iotest.ErrReader(broken))); fresh || !errors.Is(err, broken) {
			t.Errorf("fresh %t, %v", fresh, err)
		}
		for _, wrong := range []string{"../" + key, strings.ToUpper(key), ""} {
			if _, err := s.Keep(t.Context(), wrong, strings.NewReader("x")); !errors.Is(err, blob.ErrNotFound) {
				t.Errorf("the key %q: %v", wrong, err)
			}
		}
		if n := kept(); n != 1 {
			t.Errorf("%d files are kept", n)
		}
	})
}

func openS3(t *testing.T, server *s3test.Server) *blob.S3 {
	t.Helper()
	b, err := blob.OpenS3(blob.S3Options{
		Endpoint: server.URL, Region: "cn-north-1", Bucket: s3test.Bucket, Prefix: "chengqiao/",
		AccessKey: s3test.AccessKey, SecretKey: s3test.SecretKey, PathStyle: true,
		Transport: server.Client().Transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}
