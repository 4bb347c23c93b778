package outward

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestOnlyAddressesOfThePublicInternetAreConnectedTo(t *testing.T) {
	for _, inside := range []string{
		"127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
		"224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1",
		"::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:a00:1::", "2001:db8::1", "::10.0.0.1",
	} {
		if public(netip.MustParseAddr(inside)) {
			t.Errorf("%s counts as public", inside)
		}
	}
	for _, outside := range []string{"1.1.1.1", "203.119.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"} {
		if !public(netip.MustParseAddr(outside)) {
			t.Errorf("%s does not count as public", outside)
		}
	}
}

// A name is checked by what it resolves to at the moment of connecting.
func TestANameThatLeadsInsideIsRefusedWhenConnecting(t *testing.T) {
	called := false
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer inside.Close()
	port := inside.URL[strings.LastIndex(inside.URL, ":"):]
	// The rules for addresses as they are written know nothing of this name.
	if answer := New(Options{}).Send(t.Context(), "https://localhost.localdomain"+port, nil, nil); answer.Status != 0 || called {
		t.Errorf("it answers %+v", answer)
	}
	c := New(Options{})
	if err := c.control("tcp", strings.TrimPrefix(inside.URL, "http://"), nil); err == nil {
		t.Error("the dialer connects to the loopback")
	}
}

func TestRedirectsAreAnswersAndAnswersAreReadToABound(t *testing.T) {
	asked := 0
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(w, r, "/inside", http.StatusFound)
	}))
	defer target.Close()
	c := New(Options{AllowLoopback: true})
	if answer := c.Send(t.Context(), target.URL, map[string]string{"webhook-id": "1"}, []byte("{}")); answer.Status != http.StatusFound || asked != 1 {
		t.Errorf("a redirect answers %+v after %d requests", answer, asked)
	}
	long := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(strings.Repeat("长\x00", 10_000)))
	}))
	defer long.Close()
	if answer := c.Send(t.Context(), long.URL, nil, nil); len(answer.Excerpt) > maxExcerpt || strings.ContainsRune(answer.Excerpt, 0) || !strings.HasPrefix(answer.Excerpt, "长长") {
		t.Errorf("the excerpt has %d bytes: %.20q", len(answer.Excerpt), answer.Excerpt)
	}
}

func TestFaultsAreNamedWithoutTheAddress(t *testing.T) {
	release := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer slow.Close()
	defer close(release)
	quick := New(Options{AllowLoopback: true, Timeout: 50 * time.Millisecond})
	if answer := quick.Send(t.Context(), slow.URL, nil, nil); answer.Fault != "timed_out" {
		t.Errorf("a slow receiver answers %+v", answer)
	}
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	if answer := New(Options{AllowLoopback: true}).Send(t.Context(), closed.URL, nil, nil); answer.Fault != "not_reached" {
		t.Errorf("a closed receiver answers %+v", answer)
	}
	secured := httptest.NewTLSServer(http.NotFoundHandler())
	defer secured.Close()
	if answer := New(Options{AllowLoopback: true}).Send(t.Context(), secured.URL, nil, nil); answer.Fault != "tls_failed" {
		t.Errorf("an unknown certificate answers %+v", answer)
	}
}

func TestAddressesAsTheyAreWritten(t *testing.T) {
	for address, want := range map[string]string{
		"https://example.org/in": "", "http://example.org/": "https_only", "https://10.1.1.1/": "address_refused", "https://LOCALHOST/": "address_refused",
	} {
		parsed, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := New(Options{}).Refused(parsed); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}
