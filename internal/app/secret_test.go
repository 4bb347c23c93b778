package app

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"chengqiao/internal/config"
)

func TestProgramsThatStartAtOnceShareOneTokenKey(t *testing.T) {
	t.Parallel()
	cfg := config.Config{DataDir: filepath.Join(t.TempDir(), "data")}
	keys := make([]string, 16)
	var group sync.WaitGroup
	for i := range keys {
		group.Go(func() {
			key, err := tokenKey(cfg)
			if err != nil {
				t.Error(err)
			}
			keys[i] = string(key)
		})
	}
	group.Wait()
	for _, key := range keys {
		if key != keys[0] || len(key) != 64 {
			t.Fatalf("keys %q", keys)
		}
	}
	left, err := os.ReadDir(cfg.DataDir)
	if err != nil || len(left) != 1 {
		t.Errorf("%d files are left (%v)", len(left), err)
	}
	if info, err := left[0].Info(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key is kept as %v (%v)", info.Mode(), err)
	}
}
