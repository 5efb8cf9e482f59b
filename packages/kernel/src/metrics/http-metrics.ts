import { formatSample } from './prometheus-text'

/** Counts of one route. */
export interface RouteMetrics {
  /** `GET /api/collections/:collection` */
  readonly name: string
  /** Called once per answered request. @param ms from its arrival to its response */
  observe(status: number, ms: number): void
}

/** What is counted of HTTP requests. It outlives the applications that are replaced while the server runs. */
export interface HttpMetrics {
  /** A request has come in; `observe` of some route follows. */
  began(): void
  /** A request that has come in is answered by another process, which counts it. */
  passedOn(): void
  /** The counters of a route: the same ones for the same name. */
  route(method: string, path: string): RouteMetrics
  /** Requests that have come in and are not answered yet. */
  inFlight(): number
  answered(): number
  /** A request has come through a proxy that is not believed. */
  sawUntrustedProxy(): void
  /** Whether one has. */
  hasUntrustedProxy(): boolean
  /** Prometheus text, line by line. */
  lines(prefix: string): Iterable<string>
}

/** Upper bounds in milliseconds. The targets (1 ms for a read, 5 ms under load) lie on bounds. */
const BUCKETS = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000] as const
const LAST = BUCKETS.length

export function createHttpMetrics(): HttpMetrics {
  let begun = 0
  let done = 0
  let hasUntrustedProxy = false
  const routes = new Map<string, RouteCounters>()
  return {
    began() {
      begun++
    },
    passedOn() {
      begun--
    },
    route(method, path) {
      const name = `${method} ${path}`
      let counters = routes.get(name)
      if (counters === undefined) {
        counters = new RouteCounters(method, path, () => {
          done++
        })
        routes.set(name, counters)
      }
      return counters
    },
    inFlight: () => begun - done,
    answered: () => done,
    sawUntrustedProxy() {
      hasUntrustedProxy = true
    },
    hasUntrustedProxy: () => hasUntrustedProxy,
    *lines(prefix) {
      const requests = `${prefix}http_requests_total`
      yield `# HELP ${requests} Requests by route and status.`
      yield `# TYPE ${requests} counter`
      for (const route of routes.values()) yield* route.requestLines(requests)
      const duration = `${prefix}http_request_duration_seconds`
      yield `# HELP ${duration} Time from the arrival of a request to its response.`
      yield `# TYPE ${duration} histogram`
      for (const route of routes.values()) yield* route.durationLines(duration)
      const inFlight = `${prefix}http_requests_in_flight`
      yield `# HELP ${inFlight} Requests in progress.`
      yield `# TYPE ${inFlight} gauge`
      yield formatSample(inFlight, {}, begun - done)
    },
  }
}

class RouteCounters implements RouteMetrics {
  readonly name: string
  readonly #method: string
  readonly #path: string
  readonly #onObserved: () => void
  readonly #byStatus = new Map<number, number>()
  readonly #buckets = new Array<number>(LAST + 1).fill(0)
  #sum = 0
  #count = 0

  constructor(method: string, path: string, onObserved: () => void) {
    this.name = `${method} ${path}`
    this.#method = method
    this.#path = path
    this.#onObserved = onObserved
  }

  observe(status: number, ms: number): void {
    this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + 1)
    let bucket = 0
    while (bucket < LAST && ms > (BUCKETS[bucket] as number)) bucket++
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1
    this.#sum += ms
    this.#count++
    this.#onObserved()
  }

  *requestLines(name: string): Iterable<string> {
    for (const [status, count] of this.#byStatus) {
      yield formatSample(name, { ...this.#labels(), status: String(status) }, count)
    }
  }

  *durationLines(name: string): Iterable<string> {
    if (this.#count === 0) return
    let below = 0
    for (let i = 0; i <= LAST; i++) {
      below += this.#buckets[i] as number
      const bound = i === LAST ? '+Inf' : String((BUCKETS[i] as number) / 1000)
      yield formatSample(`${name}_bucket`, { ...this.#labels(), le: bound }, below)
    }
    yield formatSample(`${name}_sum`, this.#labels(), this.#sum / 1000)
    yield formatSample(`${name}_count`, this.#labels(), this.#count)
  }

  #labels(): Readonly<Record<string, string>> {
    return { method: this.#method, route: this.#path }
  }
}
