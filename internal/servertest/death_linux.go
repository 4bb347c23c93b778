package servertest

import "syscall"

// dieWithParent has the kernel signal the child when this process is gone,
// even when it was killed.
func dieWithParent(attr *syscall.SysProcAttr, signal syscall.Signal) { attr.Pdeathsig = signal }
