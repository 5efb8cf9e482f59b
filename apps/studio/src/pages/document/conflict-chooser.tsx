import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Json } from '../../fields/exact-json'
import { inputOf } from '../../fields/field-input'
import { formatValue } from '../../fields/format-value'
import { useZone } from '../../fields/use-zone'
import { formatTimestamp, relativeTime } from '../../fields/zone'
import { Button } from '../../kit/button'
import { useSession } from '../../session/session-context'
import type { Conflict } from './document-changes'
import { lastChange } from './document-history'
import { mergeValues } from './merge-values'
import type { DocumentForm } from './use-document-form'

/** A field that somebody else has changed too: both values, who and when, and the choice. Neither is lost until it is made. */
export function ConflictChooser({ conflict, form }: { readonly conflict: Conflict; readonly form: DocumentForm }) {
  const { admin } = useSession()
  const { zone } = useZone()
  const { collection, base, dispatch } = form
  const field = collection.fields.find(({ name }) => name === conflict.field)
  const key = base === null ? null : String(base.values[collection.key])
  const last = useQuery({
    queryKey: ['last change', collection.name, key, base?.etag],
    queryFn: () => lastChange(admin, { collection: collection.name, key: key ?? '' }),
    enabled: key !== null,
  })
  if (field === undefined) return null
  const both = mergeValues(conflict)
  const decide = (value: Json | undefined) =>
    dispatch({ kind: 'decided', field: field.name, input: value === undefined ? null : inputOf(field, value, zone) })
  const updatedAt = last.data?.at ?? updatedAtOf(form)
  const show = (value: Json | undefined) => formatValue(field, value, zone).text
  return (
    <section
      aria-label={`Conflict in ${field.name}`}
      className="flex flex-col gap-3 rounded-panel border border-line bg-warning-soft p-3"
    >
      <p role="alert" className="font-medium text-warning-text">
        {field.name} was changed by {last.data?.actor ?? 'somebody else'} while you edited it.
      </p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-2">
        <Side name="Before">{show(conflict.base)}</Side>
        <Side name="Yours">{show(conflict.mine)}</Side>
        <Side name="Theirs">
          {show(conflict.theirs)}
          {updatedAt !== null && (
            <span className="block text-sm text-text-2">
              {last.data?.actor} {formatTimestamp(updatedAt, zone)} · {relativeTime(updatedAt, Date.now())}
            </span>
          )}
        </Side>
      </dl>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => decide(conflict.mine)}>Keep yours</Button>
        <Button onClick={() => decide(undefined)}>Take theirs</Button>
        {both !== undefined && <Button onClick={() => decide(both)}>Take both</Button>}
      </div>
    </section>
  )
}

function Side({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-text-2">{name}</dt>
      <dd className="min-w-0 font-mono text-code break-words">{children}</dd>
    </>
  )
}

/** When the document was changed last, where it says so itself. */
function updatedAtOf({ collection, base }: DocumentForm): string | null {
  const name = collection.fields.find(({ updates }) => updates)?.name
  const value = name === undefined ? undefined : base?.values[name]
  return typeof value === 'string' ? value : null
}
