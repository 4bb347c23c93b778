package httpapi

import (
	"net/http"
	"time"
)

// The server's limits of time are for ordinary requests and answers. A file
// has as long as it takes on the slowest line that is still waited for.
const (
	// slowestLine is in bytes a second: a poor mobile connection.
	slowestLine = 32 << 10
	// transferStart is for what comes before and after the bytes.
	transferStart = 30 * time.Second
)

// transferTime is how long a file of a size in bytes may take.
func transferTime(size int64) time.Duration {
	return transferStart + time.Duration(size/slowestLine)*time.Second
}

// allowUpload gives the body of a request, and the answer after it, the time
// for a file of a size. What is not a network connection has no limits to move.
func allowUpload(w http.ResponseWriter, size int64) {
	until := time.Now().Add(transferTime(size))
	connection := http.NewResponseController(w)
	_ = connection.SetReadDeadline(until)
	_ = connection.SetWriteDeadline(until.Add(transferStart))
}

// allowDownload gives an answer the time for a file of a size.
func allowDownload(w http.ResponseWriter, size int64) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(transferTime(size)))
}
