import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { type GridLayout, PLAIN_LAYOUT } from '../../grid/grid-column'
import { useSession } from '../../session/session-context'
import { columnsText, parseColumns, parseLayout } from './columns-text'

export interface ColumnLayout {
  /** Undefined: the operator's own is still being read. */
  readonly layout: GridLayout | undefined
  /** Keeps it for the operator, on every machine; `text` is what it is called in the address. */
  change(layout: GridLayout): void
  /** Back to the order of the schema. */
  reset(): void
}

export interface ColumnLayoutOptions {
  readonly collection: string
  /** Names of all fields. */
  readonly ids: readonly string[]
  /** What the address says: it counts more than what is remembered. */
  readonly cols: string | undefined
  onCols(cols: string | undefined): void
}

/** How the columns of a collection are arranged: as the address says, else as the operator left them. */
export function useColumnLayout({ collection, ids, cols, onCols }: ColumnLayoutOptions): ColumnLayout {
  const { admin } = useSession()
  const queries = useQueryClient()
  const name = `columns:${collection}`
  const queryKey = ['studio', name]
  const { data, isError } = useQuery({
    queryKey,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const { items } = await admin.listStudioItems({ query: { prefix: name } })
      return parseLayout(items.find((item) => item.own && item.name === name)?.value)
    },
  })
  const remembered = isError ? PLAIN_LAYOUT : data
  const layout = useMemo(() => (cols === undefined ? remembered : parseColumns(cols, ids)), [cols, ids, remembered])
  const text = remembered && columnsText(remembered, ids)
  // The address alone is to say what is seen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once it is known
  useEffect(() => {
    if (cols === undefined && text !== undefined) onCols(text)
  }, [text])
  function change(next: GridLayout): void {
    queries.setQueryData(queryKey, next)
    void admin.keepStudioItem({ params: { name }, body: { value: next } })
    onCols(columnsText(next, ids))
  }
  return { layout, change, reset: () => change(PLAIN_LAYOUT) }
}
