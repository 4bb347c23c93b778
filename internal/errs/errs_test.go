package errs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"chengqiao/internal/errs"
)

func TestAnErrorIsFoundThroughWhatWrapsIt(t *testing.T) {
	stale := errs.New(errs.Stale, "stale_version")
	wrapped := fmt.Errorf("save the plan: %w", fmt.Errorf("row 7: %w", stale))
	if errs.KindOf(wrapped) != errs.Stale || errs.CodeOf(wrapped) != "stale_version" || errs.As(wrapped) != stale {
		t.Errorf("%v is kind %d code %q", wrapped, errs.KindOf(wrapped), errs.CodeOf(wrapped))
	}
}

func TestTheOutermostErrorSpeaks(t *testing.T) {
	cause := errs.New(errs.Conflict, "duplicate")
	err := errs.Wrap(errs.Conflict, "contract_exists", cause)
	if errs.CodeOf(err) != "contract_exists" || !errors.Is(err, cause) || !errors.Is(err, errs.New(errs.Conflict, "duplicate")) {
		t.Errorf("%v", err)
	}
}

func TestForeignErrorsAreInternalAndKeepTheirCause(t *testing.T) {
	for _, foreign := range []error{errors.New("disk full"), context.Canceled, errors.Join(errors.New("a"), errors.New("b"))} {
		e := errs.As(foreign)
		if e.Kind != errs.Internal || e.Code != "internal" || !errors.Is(e, foreign) {
			t.Errorf("%v becomes %+v", foreign, e)
		}
	}
}

func TestNoErrorHasNoKindAndNoCode(t *testing.T) {
	if errs.KindOf(nil) != errs.None || errs.CodeOf(nil) != "" || errs.As(nil) != nil {
		t.Error("the absence of an error is told as one")
	}
	if err := errs.InvalidFields(nil); err != nil {
		t.Errorf("no faulty field gives %v", err)
	}
	if err := errs.InvalidFields([]errs.Field{}); err != nil {
		t.Errorf("an empty list of faulty fields gives %v", err)
	}
}

func TestErrorsAreComparedByKindAndCode(t *testing.T) {
	err := fmt.Errorf("more: %w", errs.Newp(errs.NotFound, "not_found", errs.Params{"id": "7"}))
	for target, want := range map[error]bool{
		errs.New(errs.NotFound, "not_found"):                          true,
		errs.Newp(errs.NotFound, "not_found", errs.Params{"id": "8"}): true,
		errs.New(errs.NotFound, "file_not_found"):                     false,
		errs.New(errs.Conflict, "not_found"):                          false,
		errors.New("not_found"):                                       false,
	} {
		if errors.Is(err, target) != want {
			t.Errorf("%v is %v: %v, want %v", err, target, !want, want)
		}
	}
}

func TestAnErrorTellsTheLogEverything(t *testing.T) {
	err := &errs.Error{Kind: errs.Invalid, Code: "invalid_fields", Params: errs.Params{"max": 3},
		Fields: []errs.Field{{Path: "title", Code: "required"}, {Path: "components[1].weight_bps", Code: "out_of_range"}}}
	for _, want := range []string{"invalid_fields", "title: required", "components[1].weight_bps: out_of_range", "max:3"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %s", err, want)
		}
	}
	if got := errs.Wrap(errs.Unavailable, "store_unavailable", errors.New("connection refused")).Error(); got != "store_unavailable: connection refused" {
		t.Errorf("%q", got)
	}
}
