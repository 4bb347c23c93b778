//go:build unix

package meiliserver

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// nobody is the user that a server of the evaluation runs as when the program
// itself runs as root, which Meilisearch should not have.
const nobody = 65534

// confine makes the folder the unprivileged user's, with a copy of the binary
// that this user can reach, and returns the path to run.
func confine(binary, dir string) (string, error) {
	if os.Geteuid() != 0 {
		return binary, nil
	}
	if err := os.Chown(dir, nobody, nobody); err != nil {
		return "", err
	}
	in, err := os.Open(binary)
	if err != nil {
		return "", err
	}
	defer in.Close()
	const executable = 0o755
	reachable := filepath.Join(dir, meiliName)
	out, err := os.OpenFile(reachable, os.O_CREATE|os.O_WRONLY, executable)
	if err != nil {
		return "", err
	}
	if _, err := io.Copy(out, in); err != nil {
		_ = out.Close()
		return "", err
	}
	return reachable, out.Close()
}

func unprivileged(command *exec.Cmd) {
	if os.Geteuid() == 0 {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
}
