import { type Actor, ANYONE, AppError } from '@koyalite/contracts'
import { z } from 'zod'
import { reply, route } from '../http/define-route'
import { EVERYONE, type RequestAccess } from '../http/request-access'
import type { Route } from '../http/route'
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
  /** Who may read them; by default everyone. Null: nobody, there is no such route. */
  readonly metricsAccess?: RequestAccess | null
  /** More for /health/stats, for operators. */
  stats?(): object
}

type Outcome = { readonly name: string; readonly ok: boolean; readonly reason?: string }

const status = z.enum(['ok', 'unavailable'])
const checks = z
  .array(z.object({ name: z.string(), ok: z.boolean(), reason: z.string().optional() }))
  .describe('For operators.')
const health = z.strictObject({ status, checks: checks.optional() })

/**
 * Health, for load balancers and people. Anyone may know that the server is up and ready; names of parts, reasons of failure
 * and numbers about the load are for operators.
 */
export function healthRoutes(options: HealthOptions): readonly Route[] {
  const readiness = {
    method: 'GET',
    access: ANYONE,
    credentials: 'header',
    responses: { 200: health, 503: health },
  } as const
  return [
    route({
      ...readiness,
      path: '/health',
      name: 'getHealth',
      summary: 'Health of the server',
      handle: ({ actor }) => ready(options, actor),
    }),
    route({
      method: 'GET',
      path: '/health/live',
      name: 'getLiveness',
      summary: 'Liveness: the process responds',
      access: ANYONE,
      credentials: 'none',
      responses: { 200: health },
      handle: () => ({ status: 'ok' }),
    }),
    route({
      ...readiness,
      path: '/health/ready',
      name: 'getReadiness',
      summary: 'Readiness: the server can serve requests',
      handle: ({ actor }) => ready(options, actor),
    }),
    route({
      method: 'GET',
      path: '/health/stats',
      name: 'getStats',
      summary: 'Uptime and statistics, for operators',
      access: ANYONE,
      credentials: 'header',
      responses: { 200: z.looseObject({ status, uptime_seconds: z.int().min(0) }) },
      handle: ({ actor }) => stats(options, actor),
    }),
    ...metricsRoutes(options),
  ]
}

function metricsRoutes({ metrics, metricsText, metricsAccess = EVERYONE }: HealthOptions): readonly Route[] {
  if (metricsAccess === null) return []
  const { checkRequest, ...access } = metricsAccess
  return [
    route({
      method: 'GET',
      path: '/metrics',
      name: 'getMetrics',
      summary: 'Metrics in Prometheus format',
      ...access,
      responses: { 200: { mediaType: METRICS_CONTENT_TYPE } },
      async handle({ request }) {
        checkRequest(request)
        return metricsText?.() ?? metrics.text()
      },
    }),
  ]
}

function ready(options: HealthOptions, actor: Actor) {
  const running = options.checks.map(runCheck)
  return running.some((outcome) => outcome instanceof Promise)
    ? Promise.all(running).then((outcomes) => report(outcomes, actor))
    : report(running as readonly Outcome[], actor)
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

function report(outcomes: readonly Outcome[], actor: Actor) {
  const well = outcomes.every((outcome) => outcome.ok)
  const checks = isOperator(actor) ? { checks: outcomes } : {}
  return well ? reply(200, { status: 'ok', ...checks }) : reply(503, { status: 'unavailable', ...checks })
}

function stats({ metrics, stats }: HealthOptions, actor: Actor) {
  const everyone = { status: 'ok', uptime_seconds: Math.floor(process.uptime()) } as const
  if (!isOperator(actor)) return everyone
  return {
    ...everyone,
    requests: { answered: metrics.http.answered(), in_flight: metrics.http.inFlight() },
    memory: { rss_bytes: process.memoryUsage.rss() },
    ...stats?.(),
  }
}

function isOperator(actor: Actor): boolean {
  // A scope limited to some collections says nothing about what lies outside of them.
  if (actor.kind === 'service_key')
    return actor.scopes.some(({ scope, collections }) => scope === 'admin' && collections === undefined)
  return actor.kind === 'operator' || actor.kind === 'system'
}
