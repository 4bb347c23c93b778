package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"chengqiao/internal/span"
)

// tracesPath is where collectors take traces (OTLP specification 1.x, OTLP/HTTP).
const tracesPath = "/v1/traces"

// TracingOptions say where traces go.
type TracingOptions struct {
	// Endpoint is the address of a collector that takes OTLP over HTTP, without
	// /v1/traces; "" records nothing.
	Endpoint string
	// Share of the requests and background work that is recorded, 0 to 1.
	Share float64
	Log   *slog.Logger
}

// Tracing records what a share of the work consists of. Safe for concurrent use.
type Tracing struct {
	tracer trace.Tracer
	stop   func(ctx context.Context) error
}

// Untraced records nothing.
func Untraced() *Tracing {
	return &Tracing{noop.NewTracerProvider().Tracer(span.Scope), func(context.Context) error { return nil }}
}

// StartTracing begins to record. No collector need be there: what it does not
// take is dropped, and told in the log. Error: an endpoint that is no address.
func StartTracing(ctx context.Context, o TracingOptions) (*Tracing, error) {
	if o.Endpoint == "" {
		return Untraced(), nil
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(o.Endpoint+tracesPath))
	if err != nil {
		return nil, fmt.Errorf("tracing: %w", err)
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(telling{exporter, o.Log}),
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(o.Share))),
		sdktrace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", space), attribute.String("service.version", Version()),
			attribute.String("service.instance.id", fmt.Sprintf("%s-%d", host, os.Getpid())),
		)),
	)
	return &Tracing{provider.Tracer(span.Scope), provider.Shutdown}, nil
}

// telling logs what could not be sent; the library would tell a handler that all
// of the process shares.
type telling struct {
	sdktrace.SpanExporter
	log *slog.Logger
}

// ExportSpans implements sdktrace.SpanExporter.
func (t telling) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := t.SpanExporter.ExportSpans(ctx, spans)
	if err != nil {
		t.log.LogAttrs(ctx, slog.LevelWarn, "traces could not be sent", slog.Int("spans", len(spans)), slog.String("error", err.Error()))
	}
	return nil
}

// Stop sends what is recorded and records no more.
func (t *Tracing) Stop(ctx context.Context) error { return t.stop(ctx) }

// Background begins a piece of background work. It goes on with the trace of the
// first of the places (see span.Place) from which it was asked for, and is linked
// with the other traces; where nothing was recorded it begins one of its own.
func (t *Tracing) Background(ctx context.Context, name string, places []string, attributes ...attribute.KeyValue) (context.Context, func(error)) {
	options := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(attributes...)}
	var joined []trace.TraceID
	for _, place := range places {
		from := span.At(place)
		if !from.IsValid() || slices.Contains(joined, from.TraceID()) {
			continue
		}
		if joined = append(joined, from.TraceID()); len(joined) == 1 {
			ctx = trace.ContextWithRemoteSpanContext(ctx, from)
		} else {
			options = append(options, trace.WithLinks(trace.Link{SpanContext: from}))
		}
	}
	if len(joined) == 0 {
		options = append(options, trace.WithNewRoot())
	}
	ctx, s := t.tracer.Start(ctx, name, options...)
	return ctx, func(err error) { span.End(s, err) }
}

// CheckTracing tells whether a collector takes traces at an endpoint: it is sent
// none, which is no fault in the protocol.
func CheckTracing(ctx context.Context, endpoint string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint+tracesPath, http.NoBody)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-protobuf")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s answers %s", request.URL, answer.Status)
	}
	return nil
}
