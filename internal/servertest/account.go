package servertest

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the unprivileged user that servers run as when the tests run as
// root: PostgreSQL refuses root, and a downloaded Meilisearch should not have it.
type account struct {
	name     string
	uid, gid int
}

// serverAccount is nil when the tests do not run as root.
func serverAccount() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	name := os.Getenv("CHENGQIAO_TEST_USER")
	if name == "" {
		name = "nobody"
	}
	u, err := user.Lookup(name)
	if err != nil {
		return nil, fmt.Errorf("running as root, the test servers need an unprivileged user: %w; name one in CHENGQIAO_TEST_USER", err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	return &account{name: name, uid: uid, gid: gid}, nil
}

// canReach says whether the account may enter every folder on the way to path
// and read and run what is there, by the bits for others: the account owns none of it.
func (a *account) canReach(path string) error {
	for ; ; path = filepath.Dir(path) {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if info.Mode()&0o001 == 0 {
			return fmt.Errorf("the user %s may not enter %s", a.name, path)
		}
		if path == filepath.Dir(path) {
			return nil
		}
	}
}

func (a *account) credential() *syscall.Credential {
	if a == nil {
		return nil
	}
	return &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
}
