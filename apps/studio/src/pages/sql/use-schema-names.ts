import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { CodeCompletion } from '../../kit/code/code-editor'
import { useMay, useSession } from '../../session/session-context'
import type { KeyFields } from './openable-key'

export interface SchemaNames {
  /** For completion: the columns of each table. */
  readonly tables: Readonly<Record<string, readonly CodeCompletion[]>>
  readonly keys: KeyFields
}

/** The collections, as SQL and its results name them. */
export function useSchemaNames(): SchemaNames {
  const { admin } = useSession()
  const { data } = useQuery({
    queryKey: ['collections'],
    queryFn: () => admin.listCollections(),
    enabled: useMay('schema:read'),
  })
  return useMemo(() => {
    const collections = data?.collections ?? []
    return {
      tables: Object.fromEntries(
        collections.map(({ table, fields }) => [
          table,
          fields.filter(({ internal }) => !internal).map((field) => ({ label: field.name, detail: field.type })),
        ]),
      ),
      keys: new Map(collections.map(({ name, key }) => [name, key])),
    }
  }, [data])
}
