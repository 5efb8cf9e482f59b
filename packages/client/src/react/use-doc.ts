import { useMemo } from 'react'
import { partsOf } from '../client-parts'
import type { ExpandPath, FieldName, Key, Shown } from '../document-types'
import type { SchemaOf } from '../metadata'
import type { LiveCollection } from '../query-types'
import { mapData, type QueryResult } from './query-result'
import type { QueryLike, SourceOptions } from './query-source'
import { useQuery } from './use-query'

export interface DocOptions<F extends string, P extends string> extends Pick<SourceOptions, 'live'> {
  readonly expand?: readonly P[] | undefined
  readonly fields?: readonly F[] | undefined
}

/** One document, followed while it changes. Null: there is none that may be read. An id that is null or undefined asks for nothing. */
export function useDoc<
  S extends SchemaOf<S>,
  C extends keyof S,
  const F extends FieldName<S, C> = FieldName<S, C>,
  const P extends string = never,
>(
  collection: LiveCollection<S, C>,
  id: Key<S, C> | null | undefined,
  { expand = [], fields = [], live }: DocOptions<F, P & ExpandPath<S, C, P>> = {},
): QueryResult<Shown<S, C, F, P> | null> {
  const result = useQuery(id == null ? null : one<S, C, F, P>(collection, id, { expand, fields }), { live })
  return useMemo(() => mapData(result, ([doc = null]) => doc), [result])
}

function one<S extends SchemaOf<S>, C extends keyof S, F extends string, P extends string>(
  collection: LiveCollection<S, C>,
  id: Key<S, C>,
  { expand, fields }: { readonly expand: readonly string[]; readonly fields: readonly string[] },
): QueryLike<Shown<S, C, F, P>> {
  const { context, state } = partsOf(collection)
  const key = context.collections[state.collection]?.key ?? 'id'
  const filters = [JSON.stringify({ [key]: id })]
  return context.query({ ...state, filters, expand, fields, limit: 1 }) as unknown as QueryLike<Shown<S, C, F, P>>
}
