import { AppError, type Reads, type Sql } from '@koyalite/contracts'
import type { ListQuery } from '@koyalite/query'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import { compiledList, pageStatement } from './compiled-list'
import type { DocumentPage } from './list-documents'

/** A page that can be read at once, from the database or inside of a write. */
export interface CompiledPage {
  readonly statements: readonly Sql[]
  run(source: Reads): PageOf
}

export interface PageOf extends Omit<DocumentPage, 'seq' | 'resume'> {
  readonly keys: readonly (string | number)[]
}

export function compiledPage(context: DataContext, caller: Caller, query: ListQuery): CompiledPage {
  const { access } = caller
  const list = compiledList(context.schema, access.read, query)
  const page = pageStatement(context, caller, list)
  const count = list.total === null ? null : access.bind(list.total)
  return {
    statements: count === null ? [page] : [page, count],
    run(source) {
      let rows = source.all(page)
      let assembled = list.assemble(rows)
      if (!assembled) {
        // Rarely, the rows do not determine where the next page begins.
        rows = source.all(access.bind(list.exactPage))
        assembled = list.assemble(rows)
      }
      if (!assembled) throw new AppError('INTERNAL', 'an exact page could not be assembled')
      const { docs, wholes, nextCursor } = assembled
      const keys = rows.slice(0, docs.length).map((row) => row[query.sort.length] as string | number)
      const total = count === null ? null : Number(source.get(count)?.[0])
      return { docs, wholes, nextCursor, total, keys }
    },
  }
}
