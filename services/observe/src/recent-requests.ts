import type { RequestEntry } from '@koyalite/kernel'
import { isOfClients } from './measurements/of-clients'
import { routeText } from './measurements/route-text'
import { SLOW_MS } from './query-statistics'
import { Ring } from './ring'
import type { TracedStatements } from './statement-traces'

/** A request that has been answered. Plain data: it is passed between processes. */
export interface RecentRequest {
  readonly id: string
  /** When it was answered, milliseconds since 1970. */
  readonly at: number
  /** Counts up in its process. */
  readonly number: number
  readonly method: string
  readonly path: string
  /** `GET /api/collections/posts/:id` */
  readonly route: string
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
  /** What it did in the database; null where nobody looked. */
  readonly statements: TracedStatements | null
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
  readonly route?: string | undefined
  /** Milliseconds since 1970. */
  readonly since?: number | undefined
  readonly until?: number | undefined
  /** False: those of operators, of the command line and the pages of the server are left out. */
  readonly own?: boolean | undefined
  readonly min_ms?: number | undefined
  /** Requests answered before this one: see `positionOf`. */
  readonly before?: string | undefined
}

/** About 3 MB. */
const LATEST = 5_000
/**
 * Requests of a second that are remembered; of more, slow and failed ones only. To keep one takes 4 µs, a tenth of a
 * read, and 5,000 of 25,000 a second would be those of the last 0.2 seconds.
 */
const MAX_PER_SECOND = 500
/** Slow requests, and failed ones, that are remembered beyond the latest. */
const NOTABLE = 1_000
/** Longer paths are cut: a stranger chooses them. */
const MAX_PATH = 300

/** The latest requests of this process. This runs for every request, so slots are overwritten in place and nothing is allocated. */
export class RecentRequests {
  readonly #latest = new Ring(LATEST, emptySlot)
  readonly #slow = new Ring(NOTABLE, emptySlot)
  readonly #failed = new Ring(NOTABLE, emptySlot)
  #count = 0
  #second = 0
  #ofSecond = 0

  /** @param at milliseconds since 1970 */
  add(entry: RequestEntry, at: number, statements: TracedStatements | null = null): void {
    const when = { at, number: ++this.#count, statements }
    const second = Math.floor(at / 1000)
    if (second !== this.#second) [this.#second, this.#ofSecond] = [second, 0]
    if (++this.#ofSecond <= MAX_PER_SECOND) fill(this.#latest.next(), entry, when)
    if (entry.ms >= SLOW_MS) fill(this.#slow.next(), entry, when)
    if (entry.status >= 400) fill(this.#failed.next(), entry, when)
  }

  /** The newest first. */
  list(filter: RequestFilter, limit: number): readonly RecentRequest[] {
    const all = [...this.#latest.values(), ...this.#slow.values(), ...this.#failed.values()]
    const found = new Map(all.map(requestOf).map((request) => [positionOf(request), request]))
    return newestFirst([...found.values()].filter((request) => matches(request, filter))).slice(0, limit)
  }
}

/** A remembered request. No part of it refers to anything large. */
interface Slot {
  id: string
  at: number
  number: number
  method: string
  path: string
  route: string
  collection: string | null
  query: string | null
  status: number
  code: string | null
  ms: number
  bytes: number | null
  actorKind: string
  actorId: string | null
  ip: string
  statements: TracedStatements | null
}

function emptySlot(): Slot {
  return {
    ...{ id: '', at: 0, number: 0, method: '', path: '', route: '', collection: null, query: null },
    ...{ status: 0, code: null, ms: 0, bytes: null },
    ...{ actorKind: '', actorId: null, ip: '', statements: null },
  }
}

function fill(
  slot: Slot,
  { id, method, path, route, collection, query, status, code, ms, bytes, actor, ip }: RequestEntry,
  when: Pick<Slot, 'at' | 'number' | 'statements'>,
): void {
  slot.id = id
  slot.at = when.at
  slot.number = when.number
  slot.method = method
  slot.path = path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path
  slot.route = route
  slot.collection = collection
  slot.query = query
  slot.status = status
  slot.code = code
  slot.ms = ms
  slot.bytes = bytes
  slot.actorKind = actor.kind
  slot.actorId = 'id' in actor ? actor.id : null
  slot.ip = ip
  slot.statements = when.statements
}

function requestOf({ actorKind, actorId, ms, route, collection, ...request }: Slot): RecentRequest {
  return {
    ...request,
    route: routeText({ route, collection, code: request.code }),
    ms: Math.round(ms * 1000) / 1000,
    actor: { kind: actorKind, id: actorId },
  }
}

export function newestFirst(requests: readonly RecentRequest[]): readonly RecentRequest[] {
  return requests.toSorted((a, b) => compareText(positionOf(b), positionOf(a)))
}

/** Where a request is in the order of all: the time, then the number of those that were answered at once, then the id of those of other processes. */
export function positionOf({ at, number, id }: RecentRequest): string {
  return `${String(at).padStart(15, '0')}.${String(number).padStart(12, '0')}.${id}`
}

function matches(request: RecentRequest, filter: RequestFilter): boolean {
  const { id, method, path, status, actor, route, since, until, own, min_ms, before } = filter
  return (
    (id === undefined || request.id === id) &&
    (method === undefined || request.method === method) &&
    (path === undefined || request.path.includes(path)) &&
    (status === undefined || statusMatches(request.status, status)) &&
    (actor === undefined || request.actor.id === actor || request.actor.kind === actor) &&
    (route === undefined || request.route === route) &&
    (since === undefined || request.at >= since) &&
    (until === undefined || request.at < until) &&
    (own !== false || isOfClients({ actor: request.actor, route: request.route })) &&
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
