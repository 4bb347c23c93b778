//go:build !linux

package servertest

import "syscall"

// dieWithParent does nothing here: only Linux has a parent-death signal. A
// killed test process leaves its servers behind on other systems.
func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}

// freeBytes knows no folder in memory here.
func freeBytes(string) int64 { return 0 }
