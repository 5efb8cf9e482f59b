import { rangeSearch } from '../../kit/chart/time-range'

type Search = Readonly<Record<string, unknown>>

export interface RequestsSearch {
  readonly path?: string
  /** `404` or `5xx` */
  readonly status?: string
  readonly actor?: string
  readonly min_ms?: number
  /** `GET /api/collections/posts` */
  readonly route?: string
  readonly range?: string
  /** Those of operators and of the server's own pages too. */
  readonly own?: true
  /** 0: the list stands still. */
  readonly live?: 0
  /** Whose details are open. */
  readonly id?: string
}

export function requestsSearch(search: Search): RequestsSearch {
  const { status, min_ms, own, live } = search
  const code = String(status)
  const least = Number(min_ms)
  return {
    ...texts(search, ['path', 'actor', 'route', 'id']),
    ...(/^[1-5](?:\d\d|xx)$/.test(code) && { status: code }),
    ...(least > 0 && least < 1e9 && { min_ms: Math.round(least * 1000) / 1000 }),
    ...optionalRange(search),
    ...((own === true || own === 'true') && { own: true as const }),
    ...((live === 0 || live === '0') && { live: 0 as const }),
  }
}

export interface RangeSearch {
  readonly range: string
}

export function rangeOnly({ range }: Search): RangeSearch {
  return { range: rangeSearch(range) ?? '1h' }
}

export interface SpeedSearch extends RangeSearch {
  /** `GET /api/collections/posts` */
  readonly route?: string
  /** `posts?filter=status:eq:?` */
  readonly query?: string
}

export function speedSearch(search: Search): SpeedSearch {
  return { ...rangeOnly(search), ...texts(search, ['route', 'query']) }
}

export interface AuditSearch {
  readonly actor?: string
  readonly collection?: string
  readonly key?: string
  /** `document.deleted`, or `auth.*` */
  readonly action?: string
  readonly range?: string
  /** The number of the entry that is open. */
  readonly entry?: number
}

export function auditSearch(search: Search): AuditSearch {
  const entry = Number(search.entry)
  return {
    ...texts(search, ['actor', 'collection', 'key', 'action']),
    ...optionalRange(search),
    ...(Number.isSafeInteger(entry) && entry > 0 && { entry }),
  }
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LEVELS)[number]

export interface LogsSearch {
  readonly level?: LogLevel
  readonly q?: string
  readonly request_id?: string
  /** Without requests: only what the server has logged itself. */
  readonly requests?: 0
  readonly live?: 0
  /** The entry that is open. */
  readonly id?: string
}

export function logsSearch(search: Search): LogsSearch {
  const { requests, live } = search
  const level = LEVELS.find((one) => one === search.level)
  return {
    ...texts(search, ['q', 'request_id', 'id']),
    ...(level !== undefined && { level }),
    ...((requests === 0 || requests === '0') && { requests: 0 as const }),
    ...((live === 0 || live === '0') && { live: 0 as const }),
  }
}

/** What the router has read as a number was written as one: `q=404`. */
function texts<Name extends string>(search: Search, names: readonly Name[]): { readonly [K in Name]?: string } {
  const found: { [K in Name]?: string } = {}
  for (const name of names) {
    const value = search[name]
    if (typeof value === 'string' ? value !== '' : typeof value === 'number') found[name] = String(value).slice(0, 300)
  }
  return found
}

function optionalRange({ range }: Search): { readonly range?: string } {
  const valid = rangeSearch(range)
  return valid === null ? {} : { range: valid }
}
