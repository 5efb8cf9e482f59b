import { AppError } from '@koyalite/contracts'
import type { ApiRequest, ApiResponse, Route } from '../http/route'
import { METRICS_CONTENT_TYPE, type Metrics } from './metrics'

/** Something the server needs in order to answer well. */
export interface HealthCheck {
  readonly name: string
  /** Throws where it is not well; why is for operators only. */
  check(): void | Promise<void>
}

export interface HealthOptions {
  readonly metrics: Metrics
  readonly checks: readonly HealthCheck[]
  /** What /metrics says; by default the metrics of this process. */
  metricsText?(): Promise<string>
  /** More for /health/stats, for operators. */
  stats?(): object
}

type Outcome = { readonly name: string; readonly ok: boolean; readonly reason?: string }

const NO_STORE = { 'cache-control': 'no-store' }

/**
 * Health, for load balancers and people. Anyone may know that the server is up and ready; names of parts, reasons of failure
 * and numbers about the load are for operators. /metrics is open, as scrapers expect: it tells routes and counts, no data.
 */
export function healthRoutes(options: HealthOptions): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/health',
      credentials: 'header',
      summary: 'Health of the server',
      handle: (request) => ready(options, request),
    },
    {
      method: 'GET',
      path: '/health/live',
      credentials: 'none',
      summary: 'Liveness: the process responds',
      handle: () => json(200, { status: 'ok' }),
    },
    {
      method: 'GET',
      path: '/health/ready',
      credentials: 'header',
      summary: 'Readiness: the server can serve requests',
      handle: (request) => ready(options, request),
    },
    {
      method: 'GET',
      path: '/health/stats',
      credentials: 'header',
      summary: 'Uptime and statistics, for operators',
      handle: (request) => stats(options, request),
    },
    {
      method: 'GET',
      path: '/metrics',
      credentials: 'none',
      summary: 'Metrics in Prometheus format',
      handle: () => metricsText(options),
    },
  ]
}

function ready(options: HealthOptions, request: ApiRequest): ApiResponse | Promise<ApiResponse> {
  const running = options.checks.map(runCheck)
  return running.some((outcome) => outcome instanceof Promise)
    ? Promise.all(running).then((outcomes) => report(outcomes, request))
    : report(running as readonly Outcome[], request)
}

function runCheck({ name, check }: HealthCheck): Outcome | Promise<Outcome> {
  const failed = (error: unknown): Outcome => ({
    name,
    ok: false,
    reason: error instanceof AppError || error instanceof Error ? error.message : String(error),
  })
  try {
    const result = check()
    return result instanceof Promise ? result.then(() => ({ name, ok: true }), failed) : { name, ok: true }
  } catch (error) {
    return failed(error)
  }
}

function report(outcomes: readonly Outcome[], request: ApiRequest): ApiResponse {
  const well = outcomes.every((outcome) => outcome.ok)
  return json(well ? 200 : 503, {
    status: well ? 'ok' : 'unavailable',
    ...(isOperator(request) ? { checks: outcomes } : {}),
  })
}

function stats({ metrics, stats }: HealthOptions, request: ApiRequest): ApiResponse {
  const everyone = { status: 'ok', uptime_seconds: Math.floor(process.uptime()) }
  if (!isOperator(request)) return json(200, everyone)
  return json(200, {
    ...everyone,
    requests: { answered: metrics.http.answered(), in_flight: metrics.http.inFlight() },
    memory: { rss_bytes: process.memoryUsage.rss() },
    ...stats?.(),
  })
}

async function metricsText(options: HealthOptions): Promise<ApiResponse> {
  const body = await (options.metricsText?.() ?? options.metrics.text())
  return { status: 200, body, headers: { ...NO_STORE, 'content-type': METRICS_CONTENT_TYPE } }
}

function isOperator({ actor }: ApiRequest): boolean {
  if (actor.kind === 'service_key') return actor.scopes.some(({ scope }) => scope === 'admin')
  return actor.kind === 'operator' || actor.kind === 'system'
}

function json(status: number, value: object): ApiResponse {
  return { status, body: JSON.stringify(value), headers: NO_STORE }
}
