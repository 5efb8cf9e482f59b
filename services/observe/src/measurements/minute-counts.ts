import { type FinishedQuery, LatencyCounts, NO_LATENCIES } from '@koyalite/contracts'
import type { RequestEntry } from '@koyalite/kernel'
import type { WriteLatencies } from '@koyalite/sqlite'
import {
  type Gauges,
  type MeasuredError,
  type MeasuredTime,
  type MeasuredWrites,
  mergeTimes,
  OTHERS,
} from './measured-time'
import { routeText } from './route-text'

/** Of routes, shapes and causes that are told apart in one minute. Strangers may ask in ever new shapes. */
const MAX_COUNTED = 200
const MAX_SHAPE = 300

interface CountedRoute {
  readonly latencies: LatencyCounts
  refused: number
  failed: number
}

interface CountedQuery {
  readonly collection: string
  readonly latencies: LatencyCounts
}

/** What happened in a process within one minute. `responded` runs for every request: it costs some additions. */
export class MinuteCounts {
  readonly at: number
  readonly #requests = new LatencyCounts()
  readonly #status = [0, 0, 0, 0, 0, 0]
  /** By the route as it is declared, then by its collection. */
  readonly #routes = new Map<string, Map<string | null, CountedRoute>>()
  readonly #queries = new Map<string, CountedQuery>()
  readonly #errors = new Map<string, { -readonly [K in keyof MeasuredError]: MeasuredError[K] }>()
  #routeCount = 0
  #writes: { readonly count: number; readonly failed: number }[] = []
  #latencies: WriteLatencies[] = []
  /** The highest of each. */
  #gauges: Gauges = {}

  /** @param at when it began, milliseconds since 1970 */
  constructor(at: number) {
    this.at = at
  }

  responded(entry: RequestEntry, now: number): void {
    const { status, ms } = entry
    this.#requests.add(ms)
    const hundreds = Math.floor(status / 100)
    this.#status[hundreds] = (this.#status[hundreds] ?? 0) + 1
    const route = this.#routeOf(entry)
    route.latencies.add(ms)
    if (status < 400) return
    route.refused++
    if (status >= 500) route.failed++
    this.#countError(entry, now)
  }

  finished({ shape, collection, ms }: FinishedQuery): void {
    let counted = this.#queries.get(shape)
    if (counted === undefined) {
      const isRoom = this.#queries.size < MAX_COUNTED
      const key = isRoom ? shape : OTHERS
      counted = this.#queries.get(key) ?? { collection: isRoom ? collection : '', latencies: new LatencyCounts() }
      this.#queries.set(key, counted)
    }
    counted.latencies.add(ms)
  }

  wrote(counts: { readonly count: number; readonly failed: number }, latencies: WriteLatencies): void {
    this.#writes.push(counts)
    this.#latencies.push(latencies)
  }

  saw(gauges: Gauges): void {
    const highest = Object.entries(gauges).map(([name, value]) => [
      name,
      Math.max(value, this.#gauges[name as keyof Gauges] ?? value),
    ])
    this.#gauges = Object.fromEntries(highest)
  }

  read(): MeasuredTime {
    const status = Object.fromEntries(this.#status.map((count, hundreds) => [`${hundreds}xx`, count]))
    const first: MeasuredTime = {
      at: this.at,
      requests: this.#requests.read(),
      status: Object.fromEntries(Object.entries(status).filter(([, count]) => count > 0)),
      routes: [...this.#routes].flatMap(([name, byCollection]) =>
        [...byCollection].map(([collection, { latencies, refused, failed }]) => ({
          route: collection === null ? name : name.replace(':collection', collection),
          latencies: latencies.read(),
          refused,
          failed,
        })),
      ),
      queries: [...this.#queries].map(([shape, { collection, latencies }]) => ({
        shape: shape.length > MAX_SHAPE ? `${shape.slice(0, MAX_SHAPE)}…` : shape,
        collection,
        latencies: latencies.read(),
      })),
      errors: [...this.#errors.values()].map((error) => ({ ...error })),
      writes: NO_WRITES,
      gauges: this.#gauges,
    }
    const written = this.#writes.map((counts, i) => ({
      ...nothingAt(this.at),
      writes: { ...counts, ...(this.#latencies[i] as WriteLatencies) },
    }))
    return mergeTimes([first, ...written])
  }

  #routeOf({ route, collection, code }: RequestEntry): CountedRoute {
    let byCollection = this.#routes.get(route)
    if (byCollection === undefined) {
      byCollection = new Map()
      this.#routes.set(route, byCollection)
    }
    // A collection that does not exist is a word of the caller.
    let key = code === 'COLLECTION_NOT_FOUND' ? null : collection
    let counted = byCollection.get(key)
    if (counted === undefined && this.#routeCount >= MAX_COUNTED) {
      key = null
      counted = byCollection.get(key)
    }
    if (counted === undefined) {
      counted = { latencies: new LatencyCounts(), refused: 0, failed: 0 }
      byCollection.set(key, counted)
      this.#routeCount++
    }
    return counted
  }

  #countError(entry: RequestEntry, now: number): void {
    const { id, status, code } = entry
    const text = routeText(entry)
    const key = `${status} ${code} ${text}`
    const known = this.#errors.get(key)
    if (known !== undefined) {
      known.count++
      known.lastAt = now
      known.requestId = id
    } else if (this.#errors.size < MAX_COUNTED) {
      this.#errors.set(key, { status, code, route: text, count: 1, firstAt: now, lastAt: now, requestId: id })
    }
  }
}

const NO_WRITES: MeasuredWrites = { count: 0, failed: 0, waits: NO_LATENCIES, syncs: NO_LATENCIES }

function nothingAt(at: number): MeasuredTime {
  return { at, requests: NO_LATENCIES, status: {}, routes: [], queries: [], errors: [], writes: NO_WRITES, gauges: {} }
}
