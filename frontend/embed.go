// Package frontend holds the built web app for the program that serves it.
// In a fresh clone, before the web app is built, the folder is empty but for
// a placeholder, and the program compiles all the same.
package frontend

import (
	"embed"
	"encoding/json"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

//go:embed pages.json
var pages []byte

// Dist is the built web app: index.html and its assets at the root.
func Dist() fs.FS {
	root, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("frontend: " + err.Error()) // "dist" is a valid path, fixed at compile time
	}
	return root
}

// Pages are the addresses of the web app's pages, as its router writes them:
// "/needs/:id". A test of the web app holds them to the router.
func Pages() []string {
	var addresses []string
	if err := json.Unmarshal(pages, &addresses); err != nil {
		panic("frontend: pages.json: " + err.Error()) // embedded, fixed at compile time
	}
	return addresses
}
