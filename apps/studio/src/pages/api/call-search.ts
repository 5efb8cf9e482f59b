import { type Actor, actorFrom } from '../../kit/actor'

export const LANGUAGES = ['curl', 'typescript', 'go', 'python'] as const
export type Language = (typeof LANGUAGES)[number]

export const CALLS = ['list', 'get', 'create', 'update', 'delete', 'live', 'sign-in'] as const
export type CallKind = (typeof CALLS)[number]

/** The call that is shown, and the view of the data that it is for. */
export interface CallSearch {
  readonly lang?: Language | undefined
  readonly call?: CallKind | undefined
  /** CEL. */
  readonly where?: string | undefined
  /** What `$1`, `$2` … of `where` stand for, as a JSON array. */
  readonly params?: string | undefined
  /** As the API takes them: `status:eq:out`, or JSON. */
  readonly filter?: readonly string[] | undefined
  /** `-created_at,title` */
  readonly sort?: string | undefined
  /** Of one document. */
  readonly key?: string | undefined
  /** As whom it is tried. */
  readonly as?: Exclude<Actor, 'operator'> | undefined
}

export function callSearch(given: Record<string, unknown>): CallSearch {
  const lang = LANGUAGES.find((one) => one === given.lang)
  const call = CALLS.find((one) => one === given.call)
  const as = actorFrom(given.as)
  const filter = filtersOf(given.filter)
  return {
    ...(lang !== undefined && { lang }),
    ...(call !== undefined && { call }),
    ...text(given, 'where'),
    ...paramsOf(given.params),
    ...(filter.length > 0 && { filter }),
    ...text(given, 'sort'),
    ...text(given, 'key'),
    ...(as !== undefined && { as }),
  }
}

function text<Name extends 'where' | 'sort' | 'key'>(
  given: Record<string, unknown>,
  name: Name,
): Partial<Record<Name, string>> {
  const value = given[name]
  const found =
    typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
  return found === '' ? {} : ({ [name]: found } as Partial<Record<Name, string>>)
}

function paramsOf(value: unknown): Pick<CallSearch, 'params'> {
  if (Array.isArray(value)) return { params: JSON.stringify(value) }
  if (typeof value !== 'string' || value === '') return {}
  try {
    return Array.isArray(JSON.parse(value)) ? { params: value } : {}
  } catch {
    return {}
  }
}

/** One or several; the router reads a filter that is JSON as what it means. */
function filtersOf(value: unknown): readonly string[] {
  if (value === undefined || value === null || value === '') return []
  const list = Array.isArray(value) ? (value as unknown[]) : [value]
  return list.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).filter((one) => one !== '')
}
