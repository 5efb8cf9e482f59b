import { useQuery } from '@tanstack/react-query'
import { linkOptions } from '@tanstack/react-router'
import { Bookmark } from 'lucide-react'
import { useViews } from '../../documents/views/use-views'
import { type SideEntry, SideList } from '../../kit/side-list'
import { useSession } from '../../session/session-context'

export interface CollectionListProps {
  /** The one that is shown. */
  readonly current?: string
  readonly onOpen: () => void
}

/** All collections with how many documents they have, and the saved views of the one that is shown. */
export function CollectionList({ current, onOpen }: CollectionListProps) {
  const { data } = useCounts()
  const views = useViews(current ?? null)
  const ofCurrent = views.list.map(
    (view): SideEntry => ({
      key: `view ${view.title}`,
      name: view.title,
      note: view.isShared ? 'shared' : undefined,
      icon: <Bookmark aria-hidden="true" size={14} strokeWidth={1.5} className="flex-none" />,
      link: linkOptions({ to: '/data/$collection', params: { collection: current ?? '' }, search: view.search }),
    }),
  )
  const entries = data?.flatMap(({ name, documents, description }): readonly SideEntry[] => [
    {
      key: name,
      name,
      note: documents?.toLocaleString('en'),
      isCurrent: name === current,
      title: description ?? undefined,
      link: linkOptions({ to: '/data/$collection', params: { collection: name }, search: {} }),
    },
    ...(name === current ? ofCurrent : []),
  ])
  return <SideList what="collections" entries={entries} onOpen={onOpen} />
}

/** The collections with their counts, which are read again when one looks. */
export function useCounts() {
  const { admin } = useSession()
  return useQuery({
    queryKey: ['collections', 'counts'],
    queryFn: async () => (await admin.listCollections({ query: { counts: true } })).collections,
    staleTime: 5_000,
    refetchInterval: 15_000,
  })
}
