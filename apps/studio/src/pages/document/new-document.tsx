import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { type KeyboardEvent, useRef, useState } from 'react'
import { type DocumentRef, readDocument, type WrittenDocument } from '../../fields/documents'
import { type CollectionInfo, type FieldInfo, isRequired } from '../../fields/field'
import { inputOf } from '../../fields/field-input'
import { useWriteReason } from '../../fields/use-may-write'
import { useZone } from '../../fields/use-zone'
import { Button } from '../../kit/button'
import { ErrorState, Skeleton } from '../../kit/states'
import { useUndo } from '../../kit/undo/undo-provider'
import { useSession } from '../../session/session-context'
import { useKeys } from '../../shell/keyboard'
import type { Changes } from './document-changes'
import { DocumentFields, focusField } from './document-fields'
import { titleOf } from './document-title'
import { DraftOffer } from './draft-offer'
import { LeaveDialog } from './leave-dialog'
import { SaveBar } from './save-bar'
import { documentQuery, keyOfWritten, useDocumentForm, useDraft } from './use-document-form'

export interface NewDocumentProps {
  readonly collection: CollectionInfo
  /** The key of the document that it is a copy of. */
  readonly copyOf?: string | undefined
  readonly onClose: () => void
  readonly onCreated: (key: string, written: WrittenDocument) => void
}

/** A form for a new document. Only what is touched is sent: the rest are the defaults of the schema. */
export function NewDocument(props: NewDocumentProps) {
  const { collection, copyOf } = props
  const session = useSession()
  const { zone } = useZone()
  const ref: DocumentRef = { collection: collection.name, key: copyOf ?? '' }
  const { data, error } = useQuery({
    queryKey: documentQuery(ref),
    queryFn: ({ signal }) => readDocument(session, ref, signal),
    enabled: copyOf !== undefined,
  })
  if (copyOf === undefined) return <NewForm {...props} initial={{}} />
  if (error !== null) return <ErrorState what="The document to copy could not be read" error={error} />
  if (data === undefined) return <Skeleton className="m-4 h-[240px]" />
  const copied = collection.fields.filter((field) => isCopied(field))
  const initial = Object.fromEntries(copied.map((field) => [field.name, inputOf(field, data.values[field.name], zone)]))
  return <NewForm {...props} initial={initial} />
}

/** What a copy has too: whole values, but for keys, what must be unique, and what the server sets. */
function isCopied({ primary, unique, internal, updates, default: preset }: FieldInfo): boolean {
  return !primary && !unique && !internal && !updates && preset?.kind !== 'now'
}

function NewForm({
  collection,
  copyOf,
  initial,
  onClose,
  onCreated,
}: NewDocumentProps & { readonly initial: Changes }) {
  const undo = useUndo()
  const form = useDocumentForm({ collection, initial })
  const draft = useDraft(collection.name, null)
  const reason = useWriteReason(collection.name)
  const [isLeaving, setLeaving] = useState(false)
  const fields = useRef<HTMLDivElement>(null)
  const typed = Object.entries(form.changes).filter(([name, input]) => input !== initial[name])
  const isDirty = typed.length > 0 && form.read.changed.length > 0
  const notes: Record<string, string> =
    copyOf === undefined
      ? {}
      : Object.fromEntries(
          collection.fields
            .filter(({ unique, primary, default: preset }) => unique || (primary && preset === null))
            .map(({ name }) => [name, 'Not copied: it has to be another one.']),
        )

  async function save(): Promise<void> {
    await undo.during(create)
  }
  async function create(): Promise<void> {
    const written = await form.save()
    if (written === null) return
    const key = keyOfWritten(written, collection)
    const title = titleOf({ collection, documentKey: key, document: written })
    undo.done(`Added ${collection.name} ${title}`, written.action)
    onCreated(key, written)
  }
  const close = () => (isDirty ? setLeaving(true) : onClose())

  /** What Enter goes to: the first that has to be given, and is not. */
  const needed = collection.fields.find(
    (field) => !field.internal && isRequired(field) && !form.read.changed.includes(field.name),
  )
  function enter(): void {
    if (needed !== undefined) focusField(fields.current, needed.name)
    else if (reason === null) void save()
  }

  useKeys({ save: () => void (reason === null && save()) })

  function onKeyDown(event: KeyboardEvent): void {
    // What floats above is no part of the panel, though its events come by here.
    if (!event.currentTarget.contains(event.target as Node)) return
    if (event.key === 'Escape' && !event.defaultPrevented) {
      event.stopPropagation()
      close()
    }
    // Where Enter has no meaning of its own, as in a list or in a text of lines.
    const isLine = event.target instanceof HTMLInputElement && event.target.name !== ''
    const isPlain = !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey
    if (event.key !== 'Enter' || !isLine || !isPlain || event.defaultPrevented || event.nativeEvent.isComposing) return
    event.preventDefault()
    enter()
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the form inside of it
    <div className="flex min-h-0 flex-1 flex-col" onKeyDown={onKeyDown}>
      <div className="flex items-center gap-2 border-b border-line px-4 py-2">
        <h2 className="min-w-0 flex-1 truncate text-title font-semibold">
          {copyOf === undefined ? `New document in ${collection.name}` : `Copy of ${collection.name} ${copyOf}`}
        </h2>
        <Button kind="quiet" aria-label="Close" title="Close  Esc" onClick={close} className="px-2">
          <X aria-hidden="true" size={16} strokeWidth={1.5} />
        </Button>
      </div>
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-auto p-4">
        {draft.data != null && !isDirty && copyOf === undefined && (
          <DraftOffer
            draft={draft.data}
            onContinue={() => form.dispatch({ kind: 'resumed', changes: draft.data?.changes ?? {}, base: null })}
            onDiscard={() => void form.discard()}
          />
        )}
        <DocumentFields ref={fields} form={form} focused={firstOf(collection)} notes={notes} />
      </div>
      <SaveBar
        form={form}
        action="Create"
        reason={reason}
        hint={needed === undefined ? 'Enter creates it' : `Enter goes on to ${needed.name}`}
        onSave={() => void save()}
      />
      {isLeaving && (
        <LeaveDialog
          name={`the new document in ${collection.name}`}
          changes={form.read.changed.length}
          isSaving={form.progress === 'saving'}
          onKeepEditing={() => setLeaving(false)}
          onKeepDraft={onClose}
          onDiscard={() => void form.discard().then(onClose)}
          onSave={() => void save().then(() => setLeaving(false))}
        />
      )}
    </div>
  )
}

/** The first field that somebody has to fill in. */
function firstOf({ fields }: CollectionInfo): string | undefined {
  const open = fields.filter(({ internal, primary, default: preset }) => !internal && (!primary || preset === null))
  return (open.find(isRequired) ?? open[0])?.name
}
