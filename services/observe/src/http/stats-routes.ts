import { admin, LOGS_AREA } from '@koyalite/access'
import { AppError, type Latencies, percentile } from '@koyalite/contracts'
import { type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import type { GAUGE_NAMES, MeasuredTime } from '../measurements/measured-time'
import { type AskedTime, type ReadStats, stepFor } from '../operations/read-stats'
import { COARSE, FINE } from '../operations/store-measurements'

export interface StatsRoutesContext {
  stats(asked: AskedTime): Promise<ReadStats>
}

const text = z.string()
const ms = z.number().min(0).nullable()
const count = z.int().min(0)
const gauge = z.number().min(0).optional()

const latencies = {
  p50_ms: ms.describe('Half of them took no longer; null of none.'),
  p95_ms: ms,
  p99_ms: ms,
  max_ms: ms,
}
const status = z.record(z.string(), count).describe('How many were answered so: `2xx`, `4xx`.')

const point = z.object({
  at: z.iso.datetime().describe('When it begins.'),
  requests: count,
  status,
  ...latencies,
  queries: count.describe('Lists and aggregates that were read.'),
  writes: count,
  failed_writes: count,
  write_wait_ms: ms.describe('95 % of the batches of writes did not wait longer for their turn.'),
  sync_ms: ms.describe('95 % of them did not wait longer for the disk.'),
  gauges: z
    .object({
      memory_bytes: gauge.describe('Of all processes of the server.'),
      loop_delay_ms: gauge.describe('How long the event loop was busy, of the process where it was longest.'),
      sockets: gauge.describe('Open WebSockets and event streams.'),
      subscriptions: gauge,
      live_memory_bytes: gauge,
      live_lag: gauge.describe('Changes that were committed and not yet delivered.'),
      wal_bytes: gauge,
      database_bytes: gauge,
      writes_waiting: gauge,
      readers: gauge.describe('Processes for statements that may take long.'),
      reads_waiting: gauge,
    } satisfies Record<(typeof GAUGE_NAMES)[number], z.ZodType>)
    .describe('The highest values that were seen.'),
})

const STATS = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  step_seconds: z.int(),
  total: z
    .object({ requests: count, status, ...latencies, queries: count, writes: count })
    .describe('Of all points together.'),
  points: z.array(point).describe('In order. Of times in which nobody asked for anything there are none.'),
  routes: z
    .array(
      z.object({
        route: text.describe('`GET /api/collections/posts`; beyond 20 of a time the others are together `others`.'),
        requests: count,
        refused: count.describe('Answered with a status from 400 on.'),
        failed: count.describe('From 500 on.'),
        total_ms: z.number().min(0),
        ...latencies,
      }),
    )
    .describe('Those that took most in all first.'),
  queries: z
    .array(z.object({ shape: text, collection: text, count, total_ms: z.number().min(0), ...latencies }))
    .describe('Lists and aggregates by what they asked for, without values.'),
  errors: z
    .array(
      z.object({
        status: z.int(),
        code: text.nullable(),
        route: text,
        count,
        first_at: z.iso.datetime(),
        last_at: z.iso.datetime(),
        request_id: text.describe('Of the last one.'),
      }),
    )
    .describe('By cause: status, code and route; the most frequent first.'),
})

const time = text
  .refine((value) => !Number.isNaN(Date.parse(value)), { error: 'must be a timestamp such as 2026-01-31T12:00:00Z' })
  .transform((value) => Date.parse(value))
  .meta({ type: 'string', format: 'date-time' })

/** A week and a bit: more is not kept. */
const MAX_RANGE = COARSE.keep
const MAX_POINTS = 2_000
const HOUR_MS = 3_600_000

export function statsRoutes({ stats }: StatsRoutesContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/stats',
      name: 'getLoadStats',
      summary:
        'Requests, latencies, writes and load over time, for the last day by the minute and the last week by ten minutes',
      access: admin(LOGS_AREA, 'read'),
      query: z.strictObject({
        from: time.optional().describe('By default an hour before `to`.'),
        to: time.optional().describe('By default now.'),
        step: text
          .regex(/^\d{2,6}$/, 'must be a number of seconds')
          .transform(Number)
          .meta({ type: 'integer', pattern: undefined })
          .optional()
          .describe('Seconds of a point: a multiple of 60. By default what makes up to 180 points.'),
        route: text.max(400).optional().describe('Latencies of the points are those of this route.'),
        query: text.max(400).optional().describe('Latencies of the points are those of this shape of a list.'),
      }),
      responses: { 200: STATS },
      handle: async ({ query, request }) => {
        const { to = request.time } = query
        const { from = to - HOUR_MS } = query
        const step = query.step === undefined ? stepFor(from, to) : query.step * 1000
        checkTime({ from, to, step })
        const of = (measured: MeasuredTime) => latenciesOf(measured, query)
        return response({ from, to, step }, await stats({ from, to, step }), of)
      },
    }),
  ]
}

/** Throws INVALID_REQUEST. */
function checkTime({ from, to, step }: AskedTime): void {
  if (!(from < to)) throw new AppError('INVALID_REQUEST', '`from` must be before `to`.')
  if (to - from > MAX_RANGE) throw new AppError('INVALID_REQUEST', 'Measurements are kept for a week: ask for less.')
  if (step < FINE.step || step % FINE.step !== 0)
    throw new AppError('INVALID_REQUEST', '`step` must be a multiple of 60 seconds.')
  if ((to - from) / step > MAX_POINTS)
    throw new AppError('INVALID_REQUEST', `There are at most ${MAX_POINTS} points: ask for a longer \`step\`.`)
}

function latenciesOf(
  { requests, routes, queries }: MeasuredTime,
  asked: { readonly route?: string | undefined; readonly query?: string | undefined },
): Latencies | null {
  if (asked.route !== undefined) return routes.find(({ route }) => route === asked.route)?.latencies ?? null
  if (asked.query !== undefined) return queries.find(({ shape }) => shape === asked.query)?.latencies ?? null
  return requests
}

function response(
  { from, to, step }: AskedTime,
  { points, whole }: ReadStats,
  of: (measured: MeasuredTime) => Latencies | null,
) {
  const byTotal = (a: { readonly latencies: Latencies }, b: { readonly latencies: Latencies }) =>
    b.latencies.totalMs - a.latencies.totalMs
  return {
    from: isoOf(from),
    to: isoOf(to),
    step_seconds: step / 1000,
    total: {
      requests: whole?.requests.count ?? 0,
      status: whole?.status ?? {},
      ...percentiles(whole && of(whole)),
      queries: queryCount(whole),
      writes: whole?.writes.count ?? 0,
    },
    points: points.map((measured) => ({
      at: isoOf(measured.at),
      requests: of(measured)?.count ?? 0,
      status: measured.status,
      ...percentiles(of(measured)),
      queries: queryCount(measured),
      writes: measured.writes.count,
      failed_writes: measured.writes.failed,
      write_wait_ms: rounded(percentile(measured.writes.waits, 0.95)),
      sync_ms: rounded(percentile(measured.writes.syncs, 0.95)),
      gauges: measured.gauges,
    })),
    routes: (whole?.routes ?? []).toSorted(byTotal).map(({ route, latencies, refused, failed }) => ({
      ...{ route, requests: latencies.count, refused, failed, total_ms: rounded(latencies.totalMs) ?? 0 },
      ...percentiles(latencies),
    })),
    queries: (whole?.queries ?? []).toSorted(byTotal).map(({ shape, collection, latencies }) => ({
      ...{ shape, collection, count: latencies.count, total_ms: rounded(latencies.totalMs) ?? 0 },
      ...percentiles(latencies),
    })),
    errors: (whole?.errors ?? []).map(({ firstAt, lastAt, requestId, ...error }) => ({
      ...{ ...error, first_at: isoOf(firstAt), last_at: isoOf(lastAt), request_id: requestId },
    })),
  }
}

function queryCount(measured: MeasuredTime | null): number {
  return (measured?.queries ?? []).reduce((sum, { latencies }) => sum + latencies.count, 0)
}

function percentiles(latencies: Latencies | null) {
  const of = (share: number) => (latencies === null ? null : rounded(percentile(latencies, share)))
  const max = latencies === null || latencies.count === 0 ? null : rounded(latencies.maxMs)
  return { p50_ms: of(0.5), p95_ms: of(0.95), p99_ms: of(0.99), max_ms: max }
}

function isoOf(at: number): string {
  return new Date(at).toISOString()
}

/** To a microsecond. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000
}
