import type { QueryAdvice } from '@koyalite/contracts'
import { type AggregateQuery, type ListQuery, queryShape } from '@koyalite/query'
import type { DataContext } from '../data-context'

interface Monitored {
  readonly query: ListQuery | AggregateQuery
  readonly advise: () => QueryAdvice
}

/** Notifies of how long reading took, whether it ended well or was given up. */
export async function monitored<T>(
  { monitor }: DataContext,
  { query, advise }: Monitored,
  read: () => Promise<T>,
): Promise<T> {
  const started = performance.now()
  try {
    return await read()
  } finally {
    const ms = performance.now() - started
    monitor.finished({ shape: queryShape(query), collection: query.collection.name, ms, advise })
  }
}
