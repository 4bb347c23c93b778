// Package outward makes HTTP requests to addresses that the platform's users
// chose, and keeps such requests out of the networks that the platform itself
// stands in: what a name resolves to is checked at the moment of connecting,
// so that a name cannot be one address when it is checked and another when it
// is used. It follows no redirect, knows no proxy, and reads no more of an
// answer than it shows.
package outward

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"chengqiao/internal/webhook"
)

// Options are what an operator sets.
type Options struct {
	// Timeout bounds a request from its name's resolution to the end of what is
	// read of its answer; 0 means 10 seconds.
	Timeout time.Duration
	// AllowLoopback lets requests go to this machine itself, also by plain
	// http: to try a receiver on the machine of a developer.
	AllowLoopback bool
}

// maxExcerpt is how much of an answer is read, in bytes.
const maxExcerpt = 1024

// userAgent names the product to receivers.
const userAgent = "Chengqiao-Webhooks/1.0"

// Client makes the requests. Safe for concurrent use.
type Client struct {
	http    *http.Client
	options Options
}

var _ webhook.Sender = (*Client)(nil)

// New makes a client.
func New(options Options) *Client {
	if options.Timeout <= 0 {
		options.Timeout = 10 * time.Second
	}
	c := &Client{options: options}
	dialer := &net.Dialer{Timeout: options.Timeout, Control: c.control}
	c.http = &http.Client{
		Timeout: options.Timeout,
		Transport: &http.Transport{
			Proxy: nil, DialContext: dialer.DialContext, TLSHandshakeTimeout: options.Timeout,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			ResponseHeaderTimeout:  options.Timeout,
			MaxResponseHeaderBytes: 16 << 10, MaxIdleConns: 100, MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second,
			DisableCompression: true, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// Refused implements webhook.Sender: "https_only", "address_refused".
func (c *Client) Refused(address *url.URL) string {
	ip, err := netip.ParseAddr(address.Hostname())
	literal := err == nil
	loopback := literal && ip.Unmap().IsLoopback() || strings.EqualFold(address.Hostname(), "localhost")
	switch {
	case c.options.AllowLoopback && loopback && (address.Scheme == "http" || address.Scheme == "https"):
		return ""
	case address.Scheme != "https":
		return "https_only"
	case loopback, literal && !public(ip):
		return "address_refused"
	}
	return ""
}

// errRefused is the dialer's answer to an address that is none of the public
// internet's.
var errRefused = errors.New("address refused")

// control is called with the address that is about to be connected to.
func (c *Client) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return errRefused
	}
	if public(at.Addr()) || c.options.AllowLoopback && at.Addr().Unmap().IsLoopback() {
		return nil
	}
	return errRefused
}

// reserved are the networks that are not of the public internet besides those
// that netip knows (IANA special-purpose address registries), and those in
// which an IPv4 address stands within an IPv6 one.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

// public tells whether an address is one of the public internet. Metadata
// services of clouds are link-local or private, and so refused with those.
func public(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, p := range reserved {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}

// Send implements webhook.Sender.
func (c *Client) Send(ctx context.Context, address string, header map[string]string, body []byte) webhook.Answer {
	target, err := url.Parse(address)
	if err != nil || c.Refused(target) != "" {
		return webhook.Answer{Fault: "address_refused"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return webhook.Answer{Fault: "address_refused"}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", userAgent)
	for name, value := range header {
		req.Header.Set(name, value)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return webhook.Answer{Fault: faultOf(err)}
	}
	defer res.Body.Close()
	// An answer that ends early is an answer: its status has come.
	excerpt, _ := io.ReadAll(io.LimitReader(res.Body, maxExcerpt))
	return webhook.Answer{Status: res.StatusCode, Excerpt: readable(excerpt)}
}

// readable is text that any database keeps and any page shows.
func readable(raw []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(raw), ""))
}

// faultOf names why there was no answer, without the address: it may hold a
// secret of its owner, and the error goes to the log.
func faultOf(err error) string {
	var timeout interface{ Timeout() bool }
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, errRefused):
		return "address_refused"
	case errors.As(err, &certificate), errors.As(err, &record):
		return "tls_failed"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timed_out"
	}
	return "not_reached"
}
