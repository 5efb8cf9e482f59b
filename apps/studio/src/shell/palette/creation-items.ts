import { FileUp, type LucideIcon, Plus } from 'lucide-react'
import type { CollectionInfo } from '../../fields/field'
import { useMay, useOperator } from '../../session/session-context'
import type { PaletteItem } from './palette-item'

/** What can be made from everywhere: each leads to its page, with the form open. */
export function useCreationItems(collections: readonly CollectionInfo[]): readonly PaletteItem[] {
  const { role } = useOperator()
  const [mayWriteUsers, mayWriteKeys] = [useMay('users:write'), useMay('keys:write')]
  const [mayWriteSchema, mayWriteOperators] = [useMay('schema:write'), useMay('operators:write')]
  const [mayWriteWebhooks, mayWriteMail] = [useMay('webhooks:write'), useMay('mail:write')]
  const written = role === 'viewer' ? [] : collections.filter(({ name }) => name !== 'users' || mayWriteUsers)
  return [
    ...(mayWriteSchema ? [creation('New collection', '/schema?new=true')] : []),
    ...(mayWriteUsers ? [creation('New user', '/users?new=true')] : []),
    ...(mayWriteKeys ? [creation('New key', '/keys?new=true')] : []),
    ...(mayWriteWebhooks ? [creation('New endpoint of webhooks', '/webhooks?new=true')] : []),
    ...(mayWriteMail ? [creation('Suppress an address', '/mails/suppressions?new=true')] : []),
    ...(mayWriteOperators ? [creation('Add operator', '/operators?new=true')] : []),
    ...written.flatMap(({ name }) => {
      const page = `/data/${encodeURIComponent(name)}`
      return [
        creation(`New document in ${name}`, `${page}?new=true`),
        creation(`Import into ${name}`, `${page}/import`, FileUp),
      ]
    }),
  ]
}

function creation(title: string, href: string, icon: LucideIcon = Plus): PaletteItem {
  return { id: `action ${title}`, group: 'Actions', title, icon, href }
}
