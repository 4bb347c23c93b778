package httpapi

import (
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/gin-gonic/gin"
	"pgregory.net/rapid"

	"chengqiao/internal/errs"
)

func TestAnIfMatchNamesAVersion(t *testing.T) {
	for header, want := range map[string]int64{`"3"`: 3, `W/"3"`: 3, `3`: 3, `"0"`: 0, `"9223372036854775807"`: 1<<63 - 1} {
		if got, err := ifMatch(header); err != nil || got != want {
			t.Errorf("%s is %d (%v), want %d", header, got, err, want)
		}
	}
	for _, header := range []string{"", `""`, "*", `"x"`, `"-1"`, `"1", "2"`, `"9223372036854775808"`, `"１"`} {
		if _, err := ifMatch(header); errs.CodeOf(err) != "malformed_if_match" {
			t.Errorf("%s: %v", header, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		version := rapid.Int64Min(0).Draw(t, "version")
		if got, err := ifMatch(etag(version)); err != nil || got != version {
			t.Fatalf("%d comes back as %d (%v)", version, got, err)
		}
	})
}

func TestTheFirstLanguageThatIsSpokenIsTaken(t *testing.T) {
	for header, want := range map[string]string{
		"":                                 "",
		"zh":                               "zh-CN",
		"zh-TW,zh;q=0.9":                   "zh-CN",
		"en-GB,en;q=0.8":                   "en",
		"ug-CN, kk;q=0.9, EN-us;q=0.5, zh": "en",
		"ru,kk":                            "",
		"enormous, zhang":                  "",
		";;,,-":                            "",
	} {
		if got := localeFrom(header); got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
}

func TestAPageHoldsFromOneToAHundred(t *testing.T) {
	for wish, want := range map[int]int{-1: 20, 0: 20, 1: 1, 100: 100, 101: 100} {
		if got := pageSize(wish); got != want {
			t.Errorf("%d gives %d, want %d", wish, got, want)
		}
	}
}

func TestClientsAreCountedByTheirNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7":             "192.0.2.7",
		"::ffff:192.0.2.7":      "::ffff:192.0.2.7",
		"2001:db8:1:2:3::4":     "2001:db8:1:2::/64",
		"2001:db8:1:2::ffff":    "2001:db8:1:2::/64",
		"2001:db8:1:3::ffff":    "2001:db8:1:3::/64",
		"fe80::1%eth0":          "fe80::/64",
		"":                      "",
		"not an address at all": "not an address at all",
	} {
		if got := networkOf(address); got != want {
			t.Errorf("%q is counted as %q, want %q", address, got, want)
		}
	}
}

// faultsOf are the fields that the contract finds at fault in a request.
func faultsOf(t *testing.T, ct *description, method, route, target, body string, headers map[string]string) (map[string]string, error) {
	t.Helper()
	req := httptest.NewRequest(method, basePath+target, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	var err error
	router := gin.New()
	router.Handle(method, basePath+route, func(c *gin.Context) {
		err = openapi3filter.ValidateRequest(c.Request.Context(), ct.input(c))
	})
	router.ServeHTTP(httptest.NewRecorder(), req)
	if err == nil {
		return map[string]string{}, nil
	}
	err = shapeError(err)
	out := map[string]string{}
	for _, f := range errs.As(err).Fields {
		out[f.Path] = f.Code
	}
	return out, err
}

func TestAShapesFaultsAreNamedByPathAndCode(t *testing.T) {
	ct, err := loadContract()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		method, route, target, body string
		headers                     map[string]string
		want                        map[string]string
	}{
		"nothing wrong": {"PUT", "/me/notifications/read", "/me/notifications/read", `{"up_to":"x"}`, nil, map[string]string{}},
		"a missing property": {"PUT", "/me/notifications/read", "/me/notifications/read", `{}`, nil,
			map[string]string{"up_to": "required"}},
		"an empty text that is needed": {"PUT", "/me/notifications/read", "/me/notifications/read", `{"up_to":""}`, nil,
			map[string]string{"up_to": "required"}},
		"a text that is too long": {"PUT", "/me/notifications/read", "/me/notifications/read", `{"up_to":"` + strings.Repeat("长", 37) + `"}`, nil,
			map[string]string{"up_to": "too_long"}},
		"another type": {"PUT", "/me/notifications/read", "/me/notifications/read", `{"up_to":7}`, nil,
			map[string]string{"up_to": "wrong_type"}},
		"several missing and unknown": {"PUT", "/me/notifications/read", "/me/notifications/read", `{"down_to":"x","more":1}`, nil,
			map[string]string{"up_to": "required", "down_to": "unknown_field", "more": "unknown_field"}},
		"a list's item without a part": {"POST", "/accounts", "/accounts",
			`{"email":"a@b.c","password":"a long enough one","name":"n","locale":"en","consents":[{"purpose":"terms","version":"1"}]}`, nil,
			map[string]string{"consents[0].given": "required"}},
		"a property nobody knows": {"PUT", "/me/notifications/read", "/me/notifications/read", `{"up_to":"x","more":1}`, nil,
			map[string]string{"more": "unknown_field"}},
		"several at once, inside a list": {"POST", "/accounts", "/accounts",
			`{"email":"a@b.c","password":"a long enough one","name":"n","locale":"kk","consents":[{"purpose":"terms","version":"1","given":true},{"purpose":"privacy","version":"1","given":"yes"}]}`, nil,
			map[string]string{"locale": "unknown_value", "consents[1].given": "wrong_type"}},
		"a page too large": {"GET", "/me/notifications", "/me/notifications?page_size=101", "", nil,
			map[string]string{"page_size": "out_of_range"}},
		"a page size that is no number": {"GET", "/me/notifications", "/me/notifications?page_size=ten", "", nil,
			map[string]string{"page_size": "invalid"}},
		"a header that is missing": {"PUT", "/contracts/:id", "/contracts/c", `{}`, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := faultsOf(t, ct, c.method, c.route, c.target, c.body, c.headers)
			if c.want == nil {
				if got["If-Match"] != "required" || errs.KindOf(err) != errs.Invalid {
					t.Errorf("%v (%v)", got, err)
				}
				return
			}
			if !maps.Equal(got, c.want) {
				t.Errorf("%v (%v), want %v", got, err, c.want)
			}
		})
	}
}

func TestABodyThatCannotBeReadNamesNoField(t *testing.T) {
	ct, err := loadContract()
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{"half a document": `{"up_to":`, "two documents": `{"up_to":"x"}{}`, "no document": `up`} {
		fields, err := faultsOf(t, ct, "PUT", "/me/notifications/read", "/me/notifications/read", body, nil)
		if errs.CodeOf(err) != "malformed_request" || len(fields) != 0 {
			t.Errorf("%s: %v %v", name, err, fields)
		}
	}
}

func TestEveryKindOfErrorHasItsStatus(t *testing.T) {
	for kind, want := range map[errs.Kind]int{
		errs.Internal: 500, errs.Invalid: 422, errs.Malformed: 400, errs.Unauthenticated: 401, errs.Forbidden: 403, errs.NotFound: 404,
		errs.Conflict: 409, errs.Stale: 412, errs.TooLarge: 413, errs.WrongType: 415, errs.RateLimited: 429, errs.Unavailable: 503,
	} {
		if got := statusOf(kind); got != want {
			t.Errorf("kind %d answers %d, want %d", kind, got, want)
		}
	}
}

func TestWhatIsAwaySaysWhenToComeBack(t *testing.T) {
	s := &server{log: slog.New(slog.DiscardHandler)}
	for err, want := range map[*errs.Error]string{
		errs.New(errs.Unavailable, "store_unavailable"):                             "5",
		errs.Newp(errs.Unavailable, "busy", errs.Params{"retry_after_seconds": 20}): "20",
		errs.New(errs.Internal, "internal"):                                         "",
	} {
		answer := httptest.NewRecorder()
		c, _ := gin.CreateTestContext(answer)
		c.Request = httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		s.fail(c, err)
		if got := answer.Header().Get("Retry-After"); got != want {
			t.Errorf("%v is to be asked again after %q seconds, want %q", err, got, want)
		}
	}
}

func TestAProblemNeverTellsItsCause(t *testing.T) {
	cause := errs.Wrap(errs.Internal, "internal", errs.New(errs.Internal, "pq: password authentication failed"))
	raw, err := json.Marshal(problemOf(cause, "en", "r1"))
	if err != nil || strings.Contains(string(raw), "password") {
		t.Errorf("%s (%v)", raw, err)
	}
	p := problemOf(errs.InvalidFields([]errs.Field{{Path: "title", Code: "too_long", Params: errs.Params{"max": 300}}}), "zh-CN", "r1")
	if p.Status != http.StatusUnprocessableEntity || p.RequestID != "r1" || len(p.Fields) != 1 || !strings.Contains(p.Fields[0].Message, "300") {
		t.Errorf("%+v", p)
	}
}

func TestASessionsCookieIsKeptFromScriptsAndOtherSites(t *testing.T) {
	for _, secure := range []bool{false, true} {
		s := &server{secureCookies: secure}
		for _, cookie := range []string{s.cookieFor("secret", noon), s.cookieFor("", noon)} {
			flags := strings.Split(cookie, "; ")
			for _, want := range []string{"Path=/", "HttpOnly", "SameSite=Lax"} {
				if !slices.Contains(flags, want) {
					t.Errorf("%s has no %s", cookie, want)
				}
			}
			if slices.Contains(flags, "Secure") != secure {
				t.Errorf("over https %v: %s", secure, cookie)
			}
			if strings.Contains(cookie, "Domain") {
				t.Errorf("%s reaches neighbours", cookie)
			}
		}
		if cleared := s.cookieFor("", noon); !strings.Contains(cleared, "Max-Age=0") || !strings.HasPrefix(cleared, sessionCookie+"=;") {
			t.Errorf("signing out sets %s", cleared)
		}
	}
}
