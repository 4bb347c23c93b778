package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"chengqiao/internal/httpapi/contracttest"
)

// deaf is a connection whose caller takes no more.
type deaf struct{ http.ResponseWriter }

func (deaf) Write([]byte) (int, error) {
	return 0, &net.OpError{Op: "write", Net: "tcp", Err: syscall.EPIPE}
}

func TestWhoGoesBeforeTheAnswerIsNoFailureOfTheProgram(t *testing.T) {
	w, as := serveTalk(t)
	raw, multi := form(t, [2]string{"kind", "achievement"}, [2]string{"subject_id", "A"}, [2]string{"tier", "PUBLIC"}, [2]string{"file", strings.Repeat("文", 300)})
	ask := func(method, path string, body io.Reader) *http.Request {
		req := httptest.NewRequest(method, "/api/v1"+path, body)
		req.AddCookie(&http.Cookie{Name: "chengqiao_session", Value: "officer"})
		return req
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	reset := &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	upload := ask(http.MethodPost, "/files", io.MultiReader(bytes.NewReader(raw[:len(raw)-100]), iotest.ErrReader(reset)))
	multi(upload)

	for name, one := range map[string]struct {
		req    *http.Request
		writer http.ResponseWriter
		status int
	}{
		"before it was begun":      {ask(http.MethodGet, "/introductions", nil).WithContext(gone), httptest.NewRecorder(), 499},
		"in the midst of a file":   {upload, httptest.NewRecorder(), http.StatusBadRequest},
		"before it was read":       {ask(http.MethodGet, "/introductions", nil), deaf{httptest.NewRecorder()}, http.StatusOK},
		"before it was read by id": {ask(http.MethodGet, "/introductions/"+made(as("officer")), nil), deaf{httptest.NewRecorder()}, http.StatusOK},
	} {
		w.log.Reset()
		w.answered = nil
		w.handler.ServeHTTP(one.writer, one.req)
		if len(w.answered) != 1 || w.answered[0] != one.status {
			t.Errorf("who goes %s counts as %v", name, w.answered)
		}
		if told := w.log.String(); strings.Contains(told, "level=ERROR") || !strings.Contains(told, "msg=request") {
			t.Errorf("who goes %s is logged as %s", name, told)
		}
	}
}

// made is the id of an introduction.
func made(by *contracttest.Client) string {
	return by.Post("/introductions", body{"package_id": "P", "need_id": "hidden", "message": "您好"}).Expect(http.StatusCreated).Text("id")
}

// What fails while its caller waits is told, whatever it was about to read.
func TestWhatFailsForWhoWaitsIsLogged(t *testing.T) {
	w, _ := serveTalk(t)
	raw, multi := form(t, [2]string{"kind", "achievement"}, [2]string{"subject_id", "A"}, [2]string{"tier", "PUBLIC"}, [2]string{"file", strings.Repeat("文", 300)})
	req := httptest.NewRequest(http.MethodPost, "/api/v1/files", io.MultiReader(bytes.NewReader(raw[:len(raw)-100]), iotest.ErrReader(errors.New("disk"))))
	multi(req)
	req.AddCookie(&http.Cookie{Name: "chengqiao_session", Value: "officer"})
	w.handler.ServeHTTP(httptest.NewRecorder(), req)
	if told := w.log.String(); !strings.Contains(told, "level=ERROR") || !strings.Contains(told, "status=500") {
		t.Errorf("the log says %s", told)
	}
}
