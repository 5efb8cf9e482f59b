import type { FinishedQuery, QueryAdvice } from '@koyalite/contracts'

/** What lists of one shape took. Plain data: it is passed between processes. */
export interface QueryStatistic {
  readonly shape: string
  readonly collection: string
  readonly count: number
  /** How many took more than `SLOW_MS`. */
  readonly slow: number
  readonly totalMs: number
  readonly maxMs: number
  /** When the last one ran, milliseconds since 1970. */
  readonly lastAt: number
  /** Of those that were slow, and those that somebody has looked at: the plan, and what would help. */
  readonly advice: QueryAdvice | null
}

export const SLOW_MS = 100
const MAX_SHAPES = 1_000
const MAX_ADVISED = 20
const MAX_PLANNED = 300

interface Counted {
  readonly shape: string
  readonly collection: string
  count: number
  slow: number
  totalMs: number
  maxMs: number
  lastAt: number
  /** Of the last one. */
  advise: (() => QueryAdvice) | null
  advice: QueryAdvice | null
  /** Of the first one. */
  readonly explain: () => QueryAdvice
  /** Its plan in sentences, once somebody has asked for it. */
  plan: readonly string[] | null
}

/** Lists of this process, by shape. */
export class QueryStatistics {
  #byShape = new Map<string, Counted>()

  add({ shape, collection, ms, advise }: FinishedQuery, at: number): void {
    let counted = this.#byShape.get(shape)
    if (counted === undefined) {
      if (this.#byShape.size >= MAX_SHAPES) this.#makeRoom()
      counted = {
        shape,
        collection,
        count: 0,
        slow: 0,
        totalMs: 0,
        maxMs: 0,
        lastAt: 0,
        advise: null,
        advice: null,
        explain: advise,
        plan: null,
      }
      this.#byShape.set(shape, counted)
    }
    counted.count++
    counted.totalMs += ms
    counted.lastAt = at
    if (ms > counted.maxMs) counted.maxMs = ms
    if (ms >= SLOW_MS) counted.slow++
    if (counted.advice === null) counted.advise = advise
  }

  /** Those that took most, with advice for the first that were slow: making it takes some milliseconds each, once. */
  async list(order: QueryOrder, limit: number): Promise<readonly QueryStatistic[]> {
    const found = inOrder([...this.#byShape.values()], order).slice(0, limit)
    for (const counted of found.filter(({ slow }) => slow > 0).slice(0, MAX_ADVISED)) {
      if (counted.advice !== null || counted.advise === null) continue
      counted.advice = adviceOrNull(counted.advise)
      await new Promise(setImmediate)
    }
    return found.map(({ advise: _, explain: _e, plan: _p, ...statistic }) => statistic)
  }

  /** One of them, with advice whether it was slow or not: somebody looks at it. */
  find(shape: string): QueryStatistic | null {
    const counted = this.#byShape.get(shape)
    if (counted === undefined) return null
    if (counted.advice === null && counted.advise !== null) counted.advice = adviceOrNull(counted.advise)
    const { advise: _, explain: _e, plan: _p, ...statistic } = counted
    return statistic
  }

  /** How each is read, fast ones too: the plans in sentences, which name the indexes. Some milliseconds of work each, once. */
  async plans(): Promise<readonly (readonly string[])[]> {
    const found = inOrder([...this.#byShape.values()], 'total').slice(0, MAX_PLANNED)
    for (const counted of found) {
      if (counted.plan !== null) continue
      counted.plan = adviceOrNull(counted.explain)?.plan ?? []
      await new Promise(setImmediate)
    }
    return found.map(({ plan }) => plan ?? [])
  }

  /** Plans are others: after a change of the schema. */
  clear(): void {
    this.#byShape = new Map()
  }

  /** What took least in all goes: a stranger may ask in ever new shapes. */
  #makeRoom(): void {
    const kept = inOrder([...this.#byShape.values()], 'total').slice(0, MAX_SHAPES / 2)
    this.#byShape = new Map(kept.map((counted) => [counted.shape, counted]))
  }
}

/** The schema may have become another one since the list was read. */
function adviceOrNull(advise: () => QueryAdvice): QueryAdvice | null {
  try {
    return advise()
  } catch {
    return null
  }
}

export const QUERY_ORDERS = ['total', 'mean', 'max', 'count'] as const
export type QueryOrder = (typeof QUERY_ORDERS)[number]

type Measured = Pick<QueryStatistic, 'count' | 'totalMs' | 'maxMs'>

const MEASURES: Readonly<Record<QueryOrder, (query: Measured) => number>> = {
  total: ({ totalMs }) => totalMs,
  mean: ({ totalMs, count }) => totalMs / count,
  max: ({ maxMs }) => maxMs,
  count: ({ count }) => count,
}

export function inOrder<T extends Measured>(queries: readonly T[], order: QueryOrder): readonly T[] {
  const measure = MEASURES[order]
  return queries.toSorted((a, b) => measure(b) - measure(a))
}

/** The statistics of several processes together. */
export function merged(lists: readonly (readonly QueryStatistic[])[]): readonly QueryStatistic[] {
  const byShape = new Map<string, QueryStatistic>()
  for (const query of lists.flat()) {
    const known = byShape.get(query.shape)
    byShape.set(query.shape, known === undefined ? query : sumOf(known, query))
  }
  return [...byShape.values()]
}

function sumOf(a: QueryStatistic, b: QueryStatistic): QueryStatistic {
  return {
    ...a,
    count: a.count + b.count,
    slow: a.slow + b.slow,
    totalMs: a.totalMs + b.totalMs,
    maxMs: Math.max(a.maxMs, b.maxMs),
    lastAt: Math.max(a.lastAt, b.lastAt),
    advice: a.advice ?? b.advice,
  }
}
