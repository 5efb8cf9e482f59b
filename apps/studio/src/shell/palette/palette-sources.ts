import { useQueries, useQuery } from '@tanstack/react-query'
import { useRouterState } from '@tanstack/react-router'
import { Bookmark, FileText, SquareFunction, SquareTerminal, Table2, User } from 'lucide-react'
import type { CollectionInfo } from '../../fields/field'
import { useFunctions } from '../../pages/functions/use-functions'
import { userFilter } from '../../pages/users/user-filter'
import { useMay, useOperator, useSession } from '../../session/session-context'
import { areasFor } from '../areas'
import { documentSearches } from './document-search'
import type { PaletteItem } from './palette-item'

const USERS_SHOWN = 5

/** The pages that the operator may see. */
export function usePageItems(): readonly PaletteItem[] {
  const { permissions } = useOperator()
  return areasFor(permissions).flatMap(({ name: area, icon, pages }) =>
    pages.map(
      ({ name, to }): PaletteItem => ({
        id: `page ${to}`,
        group: 'Pages',
        title: name,
        ...(name !== area && { detail: area }),
        icon,
        href: to,
      }),
    ),
  )
}

/** Where their documents are. */
export function collectionItems(collections: readonly CollectionInfo[]): readonly PaletteItem[] {
  return collections.map(({ name, description }) => ({
    id: `collection ${name}`,
    group: 'Collections',
    title: name,
    ...(description !== null && { detail: description }),
    icon: Table2,
    href: `/data/${encodeURIComponent(name)}`,
  }))
}

/** Documents by key, and by what they are called. */
export function useDocumentItems(
  typed: string,
  collections: readonly CollectionInfo[],
): { readonly items: readonly PaletteItem[]; readonly isLoading: boolean } {
  const session = useSession()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const current = /^\/data\/([^/]+)/.exec(path)?.[1] ?? null
  const found = useQueries({
    queries: documentSearches(typed, collections, current).map(({ collection, key, label, path: asked }) => ({
      queryKey: ['palette', asked],
      async queryFn({ signal }: { readonly signal: AbortSignal }): Promise<readonly PaletteItem[]> {
        const response = await session.fetch(asked, { signal })
        if (!response.ok) return []
        const { docs }: { readonly docs: readonly Readonly<Record<string, unknown>>[] } = await response.json()
        return docs.map((doc) => documentItem(collection, String(doc[key]), label === null ? null : doc[label]))
      },
      retry: false,
    })),
  })
  return { items: found.flatMap(({ data }) => data ?? []), isLoading: found.some(({ isFetching }) => isFetching) }
}

function documentItem(collection: string, key: string, label: unknown): PaletteItem {
  const name = typeof label === 'string' || typeof label === 'number' ? String(label) : ''
  return {
    id: `document ${collection} ${key}`,
    group: 'Documents',
    title: name === '' ? key : name,
    detail: name === '' || name === key ? collection : `${collection} · ${key}`,
    icon: FileText,
    href: `/data/${encodeURIComponent(collection)}/${encodeURIComponent(key)}`,
  }
}

export function useUserItems(typed: string): { readonly items: readonly PaletteItem[]; readonly isLoading: boolean } {
  const { admin } = useSession()
  const { data, isFetching } = useQuery({
    queryKey: ['palette', 'users', typed],
    queryFn: () => admin.listUsers({ query: { ...userFilter(typed), limit: USERS_SHOWN } }),
    enabled: useMay('users:read') && typed.trim().length >= 2,
    retry: false,
  })
  const items = (data?.users ?? []).map(
    ({ id, email, account }): PaletteItem => ({
      id: `user ${id}`,
      group: 'Users',
      title: account.anonymous ? 'Anonymous user' : email,
      detail: id,
      icon: User,
      href: `/users?user=${encodeURIComponent(id)}`,
    }),
  )
  return { items, isLoading: isFetching }
}

/** The project's functions. */
export function useFunctionItems(): readonly PaletteItem[] {
  const { data } = useFunctions({ isFollowed: false })
  return (data?.functions ?? []).map(({ name, file }) => ({
    id: `function ${name}`,
    group: 'Functions',
    title: name,
    detail: file,
    icon: SquareFunction,
    href: `/functions/${encodeURIComponent(name)}`,
  }))
}

const VIEW = /^view:([^:]+):(.+)$/
const QUERY = /^query:(.+)$/

/** Views of collections and queries that the operator keeps, and those that others share. */
export function useKeptItems(): readonly PaletteItem[] {
  const { admin } = useSession()
  const { data } = useQuery({
    queryKey: ['studio', 'palette'],
    queryFn: async () => {
      const [views, queries] = await Promise.all(
        ['view:', 'query:'].map((prefix) => admin.listStudioItems({ query: { prefix } })),
      )
      return [...(views?.items ?? []), ...(queries?.items ?? [])]
    },
  })
  return (data ?? []).flatMap(({ name, value }): PaletteItem[] => {
    const [, collection, view] = VIEW.exec(name) ?? []
    if (collection !== undefined && view !== undefined) {
      const href = `/data/${encodeURIComponent(collection)}?view=${encodeURIComponent(view)}`
      return [{ id: name, group: 'Views', title: titleIn(value) ?? view, detail: collection, icon: Bookmark, href }]
    }
    const [, query] = QUERY.exec(name) ?? []
    if (query === undefined) return []
    const title = titleIn(value) ?? query
    return [{ id: name, group: 'Queries', title, icon: SquareTerminal, href: `/sql/${encodeURIComponent(query)}` }]
  })
}

/** What it is called, where what is kept says so. */
function titleIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null
  const { title, name } = value as { readonly title?: unknown; readonly name?: unknown }
  return typeof title === 'string' ? title : typeof name === 'string' ? name : null
}
