package app

import (
	"log/slog"
	"net"
	"testing"
)

func TestPeopleReachAListenerByItsOwnAddress(t *testing.T) {
	t.Parallel()
	for listening, want := range map[string]string{
		"127.0.0.1:8080":  "http://127.0.0.1:8080",
		"[::1]:8080":      "http://[::1]:8080",
		"0.0.0.0:9000":    "http://127.0.0.1:9000",
		"[::]:9000":       "http://127.0.0.1:9000",
		"192.0.2.7:80":    "http://192.0.2.7:80",
		"[2001:db8::1]:1": "http://[2001:db8::1]:1",
	} {
		addr, err := net.ResolveTCPAddr("tcp", listening)
		if err != nil {
			t.Fatal(err)
		}
		if got := addressOf(addr, slog.New(slog.DiscardHandler)); got != want {
			t.Errorf("%s is reached at %s, want %s", listening, got, want)
		}
	}
}
