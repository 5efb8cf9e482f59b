import { EventLoopDelay } from './event-loop-delay'
import type { HttpMetrics } from './http-metrics'
import { createHttpMetrics } from './http-metrics'
import { processGauges } from './process-gauges'
import { formatSample } from './prometheus-text'

export type MetricKind = 'gauge' | 'counter'

/** A number that is read when somebody looks, so that keeping it costs nothing in between. */
export interface MetricSource {
  /** Prometheus style, without the `koyalite_` prefix: `wal_bytes`. */
  readonly name: string
  readonly help: string
  readonly kind: MetricKind
  /** One number, or several with a label; null if there is none at the moment. */
  read(): number | null | readonly LabelledValue[]
}

export interface LabelledValue {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** The server's numbers. */
export interface Metrics {
  readonly http: HttpMetrics
  /** Adds numbers to read; the returned function takes them out again. */
  register(...sources: readonly MetricSource[]): () => void
  /** The number of a source now, of one with labels their sum; null without one. */
  value(name: string): number | null
  /** How long the event loop was busy since the reader was asked last: see `EventLoopDelay`. */
  loopDelay(): () => number
  /** Everything, as Prometheus text. */
  text(): string
}

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const PREFIX = 'koyalite_'

/** Own counters instead of a library: a labelled counter there costs a hash of its labels per request, here an addition. */
export function createMetrics(): Metrics {
  const http = createHttpMetrics()
  const sources = new Map<string, MetricSource>()
  const register = (...added: readonly MetricSource[]) => {
    for (const source of added) {
      if (sources.has(source.name)) throw new Error(`two metrics named ${source.name}`)
      sources.set(source.name, source)
    }
    return () => {
      for (const source of added) if (sources.get(source.name) === source) sources.delete(source.name)
    }
  }
  const delay = new EventLoopDelay()
  register(...processGauges(delay.reader()))
  return {
    http,
    register,
    value(name) {
      const value = sources.get(name)?.read() ?? null
      return value === null || typeof value === 'number' ? value : value.reduce((sum, one) => sum + one.value, 0)
    },
    loopDelay: () => delay.reader(),
    text() {
      const lines = [...http.lines(PREFIX)]
      for (const source of sources.values()) {
        const value = source.read()
        if (value === null) continue
        const name = PREFIX + source.name
        lines.push(`# HELP ${name} ${source.help}`, `# TYPE ${name} ${source.kind}`)
        const values = typeof value === 'number' ? [{ labels: {}, value }] : value
        for (const one of values) lines.push(formatSample(name, one.labels, one.value))
      }
      return `${lines.join('\n')}\n`
    },
  }
}
