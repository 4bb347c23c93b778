// Package frontend holds the built web app for the program that serves it.
// In a fresh clone, before the web app is built, the folder is empty but for
// a placeholder, and the program compiles all the same.
package frontend

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Dist is the built web app: index.html and its assets at the root.
func Dist() fs.FS {
	root, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("frontend: " + err.Error()) // "dist" is a valid path, fixed at compile time
	}
	return root
}
