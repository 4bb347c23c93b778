// Package span owns the pieces of a trace: it begins one below that of the
// context. Who works for a request needs no more than the context to show what
// the time went into; roots are begun in telemetry alone, so that nothing is
// recorded of what nobody watches.
package span

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"chengqiao/internal/errs"
)

// Scope names what made the spans.
const Scope = "chengqiao"

// On tells whether the context belongs to a trace that is recorded: whoever
// puts a name together for Begin asks first.
func On(ctx context.Context) bool { return trace.SpanFromContext(ctx).IsRecording() }

// Begin begins a piece of the context's trace and gives what ends it. Where no
// trace is recorded it costs nothing and gives the same context.
func Begin(ctx context.Context, name string, attributes ...attribute.KeyValue) (context.Context, func(error)) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, ignored
	}
	ctx, span := parent.TracerProvider().Tracer(Scope).Start(ctx, name, trace.WithAttributes(attributes...))
	return ctx, func(err error) { End(span, err) }
}

func ignored(error) {}

// place writes where in a trace a context is (W3C Trace Context, traceparent).
var place = propagation.TraceContext{}

const placeHeader = "traceparent"

// Place is where in its trace a context is, to be kept for work that goes on
// later and elsewhere; "" where nothing is recorded.
func Place(ctx context.Context) string {
	if !On(ctx) {
		return ""
	}
	written := propagation.MapCarrier{}
	place.Inject(ctx, written)
	return written[placeHeader]
}

// At is what Place gave, as a trace can be continued or linked from; not valid
// where it gave "".
func At(text string) trace.SpanContext {
	return trace.SpanContextFromContext(place.Extract(context.Background(), propagation.MapCarrier{placeHeader: text}))
}

// End ends a span. Of an error it keeps the code alone: texts may speak of
// people, and traces go to where the database's rules do not reach.
func End(span trace.Span, err error) {
	if err != nil {
		code := errs.CodeOf(err)
		span.SetAttributes(attribute.String("error.type", code))
		span.SetStatus(codes.Error, code)
	}
	span.End()
}
