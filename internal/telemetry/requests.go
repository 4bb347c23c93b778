package telemetry

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Requests counts and traces the requests that the program answers.
type Requests struct {
	Metrics *Metrics
	Tracing *Tracing
}

// Begin is told of a request before anything is done for it and gives the context
// to do it in. ended is to be called once with the route that answered ("" where
// none did), the status, and whether the answer was a stream.
//
// A trace that the client is in is linked and not continued: whether work is
// recorded is nothing that visitors decide.
func (r Requests) Begin(request *http.Request) (_ context.Context, ended func(route string, status int, stream bool)) {
	begun := time.Now()
	r.Metrics.open.Inc()
	ctx := request.Context()
	options := []trace.SpanStartOption{trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindServer)}
	if request.Header.Get("Traceparent") != "" {
		from := trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), propagation.HeaderCarrier(request.Header)))
		if from.IsValid() {
			options = append(options, trace.WithLinks(trace.Link{SpanContext: from}))
		}
	}
	method := methodOf(request)
	ctx, span := r.Tracing.tracer.Start(ctx, method, options...)
	return ctx, func(route string, status int, stream bool) {
		r.Metrics.open.Dec()
		if route == "" {
			route = "other"
		}
		if !stream {
			r.Metrics.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(time.Since(begun).Seconds())
		}
		if span.IsRecording() {
			span.SetName(method + " " + route)
			span.SetAttributes(attribute.String("http.request.method", method), attribute.String("http.route", route),
				attribute.Int("http.response.status_code", status))
			if status >= http.StatusInternalServerError {
				span.SetStatus(codes.Error, "")
			}
		}
		span.End()
	}
}

var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}

// methodOf is a request's method where it is one that is known: anyone may send
// any word.
func methodOf(request *http.Request) string {
	if slices.Contains(methods, request.Method) {
		return request.Method
	}
	return "other"
}
