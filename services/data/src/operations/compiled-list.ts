import type { Sql } from '@koyalite/contracts'
import { type CompiledList, compileList, type ListQuery, type ReadAccess } from '@koyalite/query'
import type { Schema } from '@koyalite/schema'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'

const compiledLists = new WeakMap<ReadAccess, WeakMap<ListQuery, CompiledList>>()

/** A query is compiled once for callers with the same rights. */
export function compiledList(schema: Schema, access: ReadAccess, query: ListQuery): CompiledList {
  let lists = compiledLists.get(access)
  if (lists === undefined) {
    lists = new WeakMap()
    compiledLists.set(access, lists)
  }
  let list = lists.get(query)
  if (list === undefined) {
    list = compileList(schema, query, access)
    lists.set(query, list)
  }
  return list
}

export function pageStatement({ database }: DataContext, { access }: Caller, list: CompiledList): Sql {
  const walk = list.walk && access.bind(list.walk)
  return walk === null || database.sorts(walk) ? access.bind(list.page) : walk
}
