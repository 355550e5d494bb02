import { FAILED, type Telemetry } from '../escalation/telemetry.ts';

export type Traces = {
  readonly telemetry: Telemetry;
  /** Sends what is not sent yet, and stops. */
  stop(): Promise<void>;
};

/** How long the collector is waited for at the end, in milliseconds. */
const LAST_WORDS_MS = 3_000;

/**
 * One span for each operation, sent to an OpenTelemetry collector over HTTP. A span has a kind, a result and times, and
 * nothing else. The libraries are loaded here, so that a server without traces does not have them in memory.
 * @param endpoint Such as `http://127.0.0.1:4318`. The exporter itself reads OTEL_EXPORTER_OTLP_HEADERS.
 */
export async function startTraces(endpoint: string, version: string): Promise<Traces> {
  const [
    { SpanStatusCode },
    { BasicTracerProvider, BatchSpanProcessor },
    { OTLPTraceExporter },
    { resourceFromAttributes },
  ] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: LAST_WORDS_MS });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'signpost', 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor(exporter, { exportTimeoutMillis: LAST_WORDS_MS })],
  });
  const tracer = provider.getTracer('signpost', version);
  return {
    telemetry: {
      async measure(operation, kind, work, resultOf) {
        const span = tracer.startSpan(`signpost.${operation}`, { attributes: { 'signpost.kind': kind } });
        let result = FAILED;
        try {
          const value = await work();
          result = resultOf(value);
          return value;
        } finally {
          span.setAttribute('signpost.result', result);
          // Never the error itself: its message may quote what somebody typed.
          if (result === FAILED) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        }
      },
    },
    // A collector that is away is no reason not to stop.
    stop: () => provider.shutdown().catch(() => undefined),
  };
}
