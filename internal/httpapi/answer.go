package httpapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"

	"chengqiao/internal/errs"
)

// keep writes a response object of the contract into memory.
func keep(response any) (KeptAnswer, error) {
	visit := reflect.ValueOf(response)
	for i := range visit.NumMethod() {
		method, ok := visit.Method(i).Interface().(func(http.ResponseWriter) error)
		if !ok {
			continue
		}
		recorder := httptest.NewRecorder()
		if err := method(recorder); err != nil {
			return KeptAnswer{}, errs.Wrap(errs.Internal, "internal", err)
		}
		answer := KeptAnswer{Status: recorder.Code, Body: recorder.Body.String(), Headers: map[string]string{}}
		for _, name := range []string{"Content-Type", "ETag", "Location"} {
			if v := recorder.Header().Get(name); v != "" {
				answer.Headers[name] = v
			}
		}
		return answer, nil
	}
	return KeptAnswer{}, errs.Wrap(errs.Internal, "internal", fmt.Errorf("no visitor on %T", response))
}
