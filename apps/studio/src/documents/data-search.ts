import type { GridSort } from '../grid/grid-column'
import { type Actor, actorFrom } from '../kit/actor'
import { type DocumentSearch, readDocumentSearch } from '../pages/document/document-search'
import { type Condition, conditionText, parseCondition } from './filters/condition'

/** What the address says of the list of a collection: all that is seen. */
export interface DataSearch extends DocumentSearch {
  /** Conditions: see `conditionText`. */
  readonly filter?: readonly string[] | undefined
  /** An expression of CEL besides. */
  readonly where?: string | undefined
  /** A text that is looked for in the key and all texts. */
  readonly q?: string | undefined
  /** As the API has it: `-population,name`. */
  readonly sort?: string | undefined
  /** See `columnsText`. */
  readonly cols?: string | undefined
  readonly as?: Exclude<Actor, 'operator'> | undefined
  /** The saved view that this began with. */
  readonly view?: string | undefined
}

/** What is no such value is left out. */
export function readDataSearch(search: Readonly<Record<string, unknown>>): DataSearch {
  const { filter, where, q, sort, cols, view } = search
  const filters = (Array.isArray(filter) ? filter : [filter]).filter(
    (one): one is string => typeof one === 'string' && parseCondition(one) !== null,
  )
  const actor = actorFrom(search.as)
  return {
    ...readDocumentSearch(search),
    ...(filters.length > 0 && { filter: filters }),
    ...textParameter('where', where),
    ...textParameter('q', q),
    ...textParameter('sort', sort),
    ...textParameter('cols', cols),
    ...textParameter('view', view),
    ...(actor !== undefined && { as: actor }),
  }
}

/** The router reads what looks like a number, or a truth value, as one. */
function textParameter<Name extends string>(name: Name, value: unknown): { readonly [key in Name]?: string } {
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  return typeof text === 'string' && text !== '' ? ({ [name]: text } as { readonly [key in Name]: string }) : {}
}

export function conditionsOf({ filter = [] }: DataSearch): readonly Condition[] {
  return [...new Set(filter)].flatMap((text) => parseCondition(text) ?? [])
}

export function withConditions(search: DataSearch, conditions: readonly Condition[]): DataSearch {
  return { ...search, filter: conditions.length === 0 ? undefined : conditions.map(conditionText) }
}

export function sortOf({ sort = '' }: DataSearch): readonly GridSort[] {
  return sort
    .split(',')
    .filter((part) => part !== '' && part !== '-')
    .map((part) =>
      part.startsWith('-') ? { column: part.slice(1), isDescending: true } : { column: part, isDescending: false },
    )
}

export function sortText(sort: readonly GridSort[]): string | undefined {
  return sort.length === 0
    ? undefined
    : sort.map(({ column, isDescending }) => `${isDescending ? '-' : ''}${column}`).join(',')
}
