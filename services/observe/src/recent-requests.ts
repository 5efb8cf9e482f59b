import type { RequestEntry } from '@koyalite/kernel'
import { Ring } from './ring'

/** A request that has been answered. Plain data: it is passed between processes. */
export interface RecentRequest {
  readonly id: string
  /** When it was answered, milliseconds since 1970. */
  readonly at: number
  readonly method: string
  readonly path: string
  /** What it asked the database for, without values; null for what is no list. */
  readonly query: string | null
  readonly status: number
  /** Of the error. */
  readonly code: string | null
  readonly ms: number
  /** Null where the body is streamed. */
  readonly bytes: number | null
  readonly actor: { readonly kind: string; readonly id: string | null }
  readonly ip: string
}

export interface RequestFilter {
  readonly id?: string | undefined
  readonly method?: string | undefined
  /** A part of the path. */
  readonly path?: string | undefined
  /** `404`, or `5xx`. */
  readonly status?: string | undefined
  /** The id of an actor, or its kind. */
  readonly actor?: string | undefined
  readonly min_ms?: number | undefined
  /** Requests answered before this one: see `positionOf`. */
  readonly before?: string | undefined
}

/** About 3 MB. */
const LATEST = 5_000
/** Of slow and of failed requests more is remembered than of those between them. */
const NOTABLE = 1_000
const SLOW_MS = 100
/** Longer paths are cut: a stranger chooses them. */
const MAX_PATH = 300

/** The latest requests of this process. */
export class RecentRequests {
  readonly #latest = new Ring<RecentRequest>(LATEST)
  readonly #slow = new Ring<RecentRequest>(NOTABLE)
  readonly #failed = new Ring<RecentRequest>(NOTABLE)

  add(entry: RequestEntry, at: number): void {
    const { id, method, path, query, status, code, ms, bytes, actor, ip } = entry
    const request: RecentRequest = {
      ...{ id, at, method, query, status, code, bytes, ip },
      ms: Math.round(ms * 1000) / 1000,
      path: path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path,
      actor: { kind: actor.kind, id: 'id' in actor ? actor.id : null },
    }
    this.#latest.add(request)
    if (ms >= SLOW_MS) this.#slow.add(request)
    if (status >= 400) this.#failed.add(request)
  }

  /** The newest first. */
  list(filter: RequestFilter, limit: number): readonly RecentRequest[] {
    const all = new Set([...this.#latest.values(), ...this.#slow.values(), ...this.#failed.values()])
    return newestFirst([...all].filter((request) => matches(request, filter))).slice(0, limit)
  }
}

export function newestFirst(requests: readonly RecentRequest[]): readonly RecentRequest[] {
  return requests.toSorted((a, b) => compareText(positionOf(b), positionOf(a)))
}

/** Where a request is in the order of all: the time, then the id of those that were answered at once. */
export function positionOf({ at, id }: RecentRequest): string {
  return `${String(at).padStart(15, '0')}.${id}`
}

function matches(request: RecentRequest, filter: RequestFilter): boolean {
  const { id, method, path, status, actor, min_ms, before } = filter
  return (
    (id === undefined || request.id === id) &&
    (method === undefined || request.method === method) &&
    (path === undefined || request.path.includes(path)) &&
    (status === undefined || statusMatches(request.status, status)) &&
    (actor === undefined || request.actor.id === actor || request.actor.kind === actor) &&
    (min_ms === undefined || request.ms >= min_ms) &&
    (before === undefined || positionOf(request) < before)
  )
}

function statusMatches(status: number, asked: string): boolean {
  return asked.endsWith('xx') ? Math.floor(status / 100) === Number(asked[0]) : status === Number(asked)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
