import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useId, useState } from 'react'
import { listDocuments } from '../../fields/documents'
import { isObject } from '../../fields/exact-json'
import type { CollectionInfo, FieldInfo } from '../../fields/field'
import { INPUT } from '../../kit/text-field'
import { useSession } from '../../session/session-context'

export interface ReferenceSuggestionsProps {
  readonly field: FieldInfo
  readonly collections: readonly CollectionInfo[]
  /** The key. */
  readonly value: string
  onChange(value: string): void
}

const SHOWN = 12

/** The document that a reference refers to: by its key, or looked for on the server by its label. */
export function ReferenceSuggestions({ field, collections, value, onChange }: ReferenceSuggestionsProps) {
  const session = useSession()
  const id = useId()
  const [text, setText] = useState(value)
  const asked = useDeferredValue(text)
  const target = collections.find(({ name }) => name === field.references?.collection)
  const key = field.references?.field ?? 'id'
  const label = target?.label ?? null
  const { data = [] } = useQuery({
    queryKey: ['suggestions', target?.name, asked],
    enabled: target !== undefined && label !== null && asked !== '',
    queryFn: async () => {
      const filter = JSON.stringify({ [label ?? key]: { $like: `%${asked}%` } })
      const { docs } = await listDocuments(session, target?.name ?? '', {
        filter,
        fields: `${key},${label}`,
        limit: String(SHOWN),
      })
      return docs.filter(isObject).map((doc) => ({ key: String(doc[key]), label: String(doc[label ?? key]) }))
    },
  })
  return (
    <div className="flex flex-col gap-1">
      <input
        aria-label="Value"
        aria-describedby={`${id}-found`}
        placeholder={label === null ? 'Key' : `Key, or ${label} of ${target?.name}`}
        value={text}
        onChange={({ target: input }) => {
          setText(input.value)
          onChange(input.value)
        }}
        className={INPUT}
      />
      <ul id={`${id}-found`} aria-label="Found" className="flex max-h-[160px] flex-col overflow-y-auto empty:hidden">
        {data.map((one) => (
          <li key={one.key}>
            <button
              type="button"
              aria-pressed={one.key === value}
              onClick={() => {
                setText(one.key)
                onChange(one.key)
              }}
              className="flex w-full items-baseline gap-2 rounded-control px-2 py-1 text-left hover:bg-sunken aria-pressed:bg-accent-soft"
            >
              <span className="min-w-0 flex-1 truncate">{one.label}</span>
              <span className="max-w-[120px] truncate text-sm text-text-3">{one.key}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
