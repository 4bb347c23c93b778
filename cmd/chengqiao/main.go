// Command chengqiao is the technology-transfer marketplace 成桥: server, web
// app and command line in one program.
package main

import (
	"os"

	"chengqiao/internal/app"
)

func main() {
	os.Exit(app.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
