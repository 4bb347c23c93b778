package servertest

import "syscall"

// dieWithParent has the kernel signal the child when this process is gone,
// even when it was killed.
func dieWithParent(attr *syscall.SysProcAttr, signal syscall.Signal) { attr.Pdeathsig = signal }

// freeBytes is the room left for us where dir lies; 0 if there is no such folder.
func freeBytes(dir string) int64 {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return 0
	}
	return int64(fs.Bavail) * fs.Bsize
}
