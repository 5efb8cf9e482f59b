import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useSession } from '../../session/session-context'
import { type DataSearch, readDataSearch } from '../data-search'

/** A list that somebody comes back to: what the address says of it, under a name. */
export interface SavedView {
  readonly title: string
  readonly search: DataSearch
  readonly isShared: boolean
  /** Whether the operator may change it. */
  readonly isOwn: boolean
}

export interface Views {
  readonly list: readonly SavedView[]
  save(view: { readonly title: string; readonly search: DataSearch; readonly isShared: boolean }): Promise<void>
  remove(title: string): Promise<void>
}

/** The saved views of a collection: the operator's own, and those that others share. */
export function useViews(collection: string | null): Views {
  const { admin } = useSession()
  const queries = useQueryClient()
  const prefix = `view:${collection}:`
  const queryKey = ['studio', prefix]
  const { data = [] } = useQuery({
    queryKey,
    enabled: collection !== null,
    queryFn: async () => {
      const { items } = await admin.listStudioItems({ query: { prefix } })
      return items.map(({ name, value, shared, own }): SavedView => {
        const title = name.slice(prefix.length)
        // Somebody may have written anything there.
        const search = readDataSearch(typeof value === 'object' && value !== null ? { ...value } : {})
        return { title, search: { ...search, view: title }, isShared: shared, isOwn: own }
      })
    },
  })
  const refresh = () => queries.invalidateQueries({ queryKey })
  return {
    list: data,
    async save({ title, search, isShared }) {
      const { doc: _doc, over: _over, tab: _tab, new: _new, of: _of, view: _view, ...value } = search
      await admin.keepStudioItem({ params: { name: prefix + title }, body: { value, shared: isShared } })
      await refresh()
    },
    async remove(title) {
      await admin.deleteStudioItem({ params: { name: prefix + title } })
      await refresh()
    },
  }
}
