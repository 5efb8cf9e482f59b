import { type Latencies, mergeLatencies } from '@koyalite/contracts'

/** What was measured of some minutes: of one process, or of all. Plain data: it is stored, and passed between processes. */
export interface MeasuredTime {
  /** When they began, milliseconds since 1970. */
  readonly at: number
  /** Of clients: not those of operators, of the command line, of health checks. */
  readonly requests: Latencies
  /** How many of them were answered so: `2xx`, `4xx`. */
  readonly status: Readonly<Record<string, number>>
  readonly routes: readonly MeasuredRoute[]
  /** Lists and aggregates, by shape. */
  readonly queries: readonly MeasuredQuery[]
  readonly errors: readonly MeasuredError[]
  readonly writes: MeasuredWrites
  readonly gauges: Gauges
}

export interface MeasuredRoute {
  /** `GET /api/collections/posts` */
  readonly route: string
  readonly latencies: Latencies
  /** Answered by a status from 400 on. */
  readonly refused: number
  /** From 500 on. */
  readonly failed: number
}

export interface MeasuredQuery {
  /** `posts?filter=status:eq:?` */
  readonly shape: string
  readonly collection: string
  readonly latencies: Latencies
}

/** Requests that were answered with an error, of one cause. */
export interface MeasuredError {
  readonly status: number
  /** Null where it is no error of the catalogue. */
  readonly code: string | null
  readonly route: string
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
  /** The X-Request-Id of the last one. */
  readonly requestId: string
}

export interface MeasuredWrites {
  readonly count: number
  readonly failed: number
  /** How long the first write of each batch has waited for its turn. */
  readonly waits: Latencies
  /** How long each batch has waited for its sync. */
  readonly syncs: Latencies
}

/** How the numbers of several processes become one. */
const GAUGES = {
  memory_bytes: 'sum',
  loop_delay_ms: 'max',
  sockets: 'sum',
  subscriptions: 'sum',
  live_memory_bytes: 'sum',
  live_lag: 'max',
  wal_bytes: 'max',
  database_bytes: 'max',
  writes_waiting: 'max',
  readers: 'sum',
  reads_waiting: 'sum',
} as const satisfies Record<string, 'sum' | 'max'>

export type GaugeName = keyof typeof GAUGES
export const GAUGE_NAMES = Object.keys(GAUGES) as readonly GaugeName[]

/** What is measured by looking; the highest of several times. Those that a process does not have are left out. */
export type Gauges = Readonly<Partial<Record<GaugeName, number>>>

/** Of routes, shapes and causes that are stored of one time; the others are together `OTHERS`. */
export const MAX_KINDS = 20
export const OTHERS = 'others'

/** What several processes measured at the same time. */
export function mergeProcesses(parts: readonly MeasuredTime[]): MeasuredTime {
  return { ...merge(parts), gauges: mergeGauges(parts, (name) => GAUGES[name]) }
}

/** What was measured at several times, one after the other. */
export function mergeTimes(parts: readonly MeasuredTime[]): MeasuredTime {
  return { ...merge(parts), gauges: mergeGauges(parts, () => 'max') }
}

function merge(parts: readonly MeasuredTime[]): Omit<MeasuredTime, 'gauges'> {
  return {
    at: Math.min(...parts.map(({ at }) => at)),
    requests: mergeLatencies(parts.map(({ requests }) => requests)),
    status: sumOf(parts.map(({ status }) => status)),
    routes: mostUsed(
      grouped(
        parts.flatMap(({ routes }) => routes),
        ({ route }) => route,
        mergeRoutes,
      ),
      (route) => ({
        ...route,
        route: OTHERS,
      }),
      mergeRoutes,
    ),
    queries: mostUsed(
      grouped(
        parts.flatMap(({ queries }) => queries),
        ({ shape }) => shape,
        mergeQueries,
      ),
      (query) => ({ ...query, shape: OTHERS, collection: '' }),
      mergeQueries,
    ),
    errors: grouped(
      parts.flatMap(({ errors }) => errors),
      ({ status, code, route }) => `${status} ${code} ${route}`,
      mergeErrors,
    )
      .toSorted((a, b) => b.count - a.count)
      .slice(0, MAX_KINDS),
    writes: mergeWrites(parts.map(({ writes }) => writes)),
  }
}

function mergeRoutes(parts: readonly [MeasuredRoute, ...MeasuredRoute[]]): MeasuredRoute {
  return {
    ...parts[0],
    latencies: mergeLatencies(parts.map(({ latencies }) => latencies)),
    refused: parts.reduce((sum, { refused }) => sum + refused, 0),
    failed: parts.reduce((sum, { failed }) => sum + failed, 0),
  }
}

function mergeQueries(parts: readonly [MeasuredQuery, ...MeasuredQuery[]]): MeasuredQuery {
  return { ...parts[0], latencies: mergeLatencies(parts.map(({ latencies }) => latencies)) }
}

function mergeErrors(parts: readonly [MeasuredError, ...MeasuredError[]]): MeasuredError {
  return parts.reduce((a, b) => ({
    ...(a.lastAt > b.lastAt ? a : b),
    count: a.count + b.count,
    firstAt: Math.min(a.firstAt, b.firstAt),
  }))
}

function mergeWrites(parts: readonly MeasuredWrites[]): MeasuredWrites {
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    failed: parts.reduce((sum, { failed }) => sum + failed, 0),
    waits: mergeLatencies(parts.map(({ waits }) => waits)),
    syncs: mergeLatencies(parts.map(({ syncs }) => syncs)),
  }
}

function mergeGauges(parts: readonly MeasuredTime[], how: (name: GaugeName) => 'sum' | 'max'): Gauges {
  const merged: Partial<Record<GaugeName, number>> = {}
  for (const name of GAUGE_NAMES) {
    const values = parts.map(({ gauges }) => gauges[name]).filter((value) => value !== undefined)
    if (values.length === 0) continue
    merged[name] = how(name) === 'sum' ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values)
  }
  return merged
}

function sumOf(parts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const part of parts) for (const [name, count] of Object.entries(part)) sum[name] = (sum[name] ?? 0) + count
  return sum
}

type MergeOf<T> = (parts: readonly [T, ...T[]]) => T

function grouped<T>(all: readonly T[], keyOf: (one: T) => string, mergeOf: MergeOf<T>): readonly T[] {
  const groups = new Map<string, [T, ...T[]]>()
  for (const one of all) {
    const key = keyOf(one)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return [...groups.values()].map((group) => (group.length === 1 ? group[0] : mergeOf(group)))
}

/** Those that took most in all, and the others as one. */
function mostUsed<T extends { readonly latencies: Latencies }>(
  all: readonly T[],
  asOther: (one: T) => T,
  mergeOf: MergeOf<T>,
): readonly T[] {
  if (all.length <= MAX_KINDS) return all
  const sorted = all.toSorted((a, b) => b.latencies.totalMs - a.latencies.totalMs)
  const [first, ...rest] = sorted.slice(MAX_KINDS - 1).map(asOther)
  return first === undefined ? sorted : [...sorted.slice(0, MAX_KINDS - 1), mergeOf([first, ...rest])]
}
