import { AdminApiError } from '@koyalite/client/admin'
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import { type DocumentRef, readDocument, type StoredDocument } from '../../fields/documents'
import type { JsonObject } from '../../fields/exact-json'
import type { CollectionInfo } from '../../fields/field'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { useUndo } from '../../kit/undo/undo-provider'
import { useSession } from '../../session/session-context'
import { useKeys } from '../../shell/keyboard'
import { AccessTab } from './access-tab'
import { DocumentFields } from './document-fields'
import type { DocumentTab } from './document-search'
import { DocumentTabs } from './document-tabs'
import { titleOf } from './document-title'
import { DraftOffer } from './draft-offer'
import { HistoryTab } from './history-tab'
import { JsonTab } from './json-tab'
import { LeaveDialog } from './leave-dialog'
import { LinksTab } from './links-tab'
import { SaveBar } from './save-bar'
import { documentQuery, useDocumentForm, useDraft } from './use-document-form'

export interface DocumentEditorProps {
  readonly collection: CollectionInfo
  readonly documentKey: string
  readonly tab: DocumentTab
  readonly onTab: (tab: DocumentTab) => void
  /** The field that is edited first. */
  readonly focused?: string | undefined
  readonly onSaved?: (values: JsonObject) => void
  /** Above the tabs. It gets what closes the editor, asking first where something is not saved. */
  readonly header: (document: StoredDocument | undefined, close: () => void) => ReactNode
  /** Absent on a page, which is left by links: the draft stays. */
  readonly onClose?: () => void
}

/** One document: its fields in a form, and what else there is to know of it. */
export function DocumentEditor(props: DocumentEditorProps) {
  const { collection, documentKey, header, onClose } = props
  const session = useSession()
  const ref: DocumentRef = { collection: collection.name, key: documentKey }
  const { data, error, refetch } = useQuery({
    queryKey: documentQuery(ref),
    queryFn: ({ signal }) => readDocument(session, ref, signal),
  })
  const close = () => onClose?.()
  const isGone = error instanceof AdminApiError && error.status === 404
  if (data !== undefined)
    return (
      <>
        {/* What was typed stays in view: it may be wanted for another one. */}
        {isGone && (
          <p role="alert" className="border-b border-line bg-warning-soft px-4 py-2 text-warning-text">
            This document is not there any more: it was deleted, or its creation was undone.
          </p>
        )}
        <LoadedDocument {...props} stored={data} />
      </>
    )
  return (
    <>
      {header(undefined, close)}
      {error === null && <Skeleton className="m-4 h-[240px]" />}
      {isGone ? (
        <Gone {...props} />
      ) : (
        error !== null && (
          <ErrorState what="The document could not be read" error={error} onRetry={() => void refetch()} />
        )
      )}
    </>
  )
}

function Gone({ collection, documentKey }: DocumentEditorProps) {
  return (
    <EmptyState title="There is no such document">
      <p>
        {collection.name} has no document with the key <code className="font-mono break-all">{documentKey}</code>. It
        may have been deleted.
      </p>
    </EmptyState>
  )
}

function LoadedDocument(props: DocumentEditorProps & { readonly stored: StoredDocument }) {
  const { collection, documentKey, stored, tab, onTab, header, focused, onClose } = props
  const undo = useUndo()
  const ref: DocumentRef = { collection: collection.name, key: documentKey }
  const form = useDocumentForm({ collection, document: { key: documentKey, stored } })
  const draft = useDraft(collection.name, documentKey)
  const [isLeaving, setLeaving] = useState(false)
  const name = `${collection.name} ${titleOf({ collection, documentKey, document: stored })}`
  const isDirty = form.read.changed.length > 0
  const isChangedElsewhere = isDirty && form.base !== null && form.base.etag !== stored.etag && form.progress === 'idle'

  async function save(): Promise<boolean> {
    const count = form.read.changed.length
    if (count === 0) return true
    const written = await form.save()
    if (written !== null) {
      undo.done(`Saved ${name}`, written.action)
      props.onSaved?.(written.values)
    } else onTab('fields')
    return written !== null
  }
  const close = () => (isDirty ? setLeaving(true) : onClose?.())

  useKeys({ save: () => void undo.during(save), history: () => onTab('history') })

  function onKeyDown(event: KeyboardEvent): void {
    // What floats above is no part of the panel, though its events come by here.
    if (!event.currentTarget.contains(event.target as Node)) return
    if (event.key === 'Escape' && onClose !== undefined && !event.defaultPrevented) {
      event.stopPropagation()
      close()
    }
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the form inside of it
    <div className="flex min-h-0 flex-1 flex-col" onKeyDown={onKeyDown}>
      {header(stored, close)}
      <DocumentTabs tab={tab} onTab={onTab}>
        {(shown) => {
          switch (shown) {
            case 'fields':
              return (
                <div className="flex flex-col gap-4">
                  {draft.data != null && !isDirty && (
                    <DraftOffer
                      draft={draft.data}
                      onContinue={() => {
                        const { changes, base, etag } = draft.data ?? { changes: {}, base: {}, etag: '' }
                        form.dispatch({
                          kind: 'resumed',
                          changes,
                          base: { values: { ...stored.values, ...base }, etag: etag || stored.etag },
                        })
                      }}
                      onDiscard={() => void form.discard()}
                    />
                  )}
                  {isChangedElsewhere && (
                    <p role="status" className="rounded-panel bg-warning-soft px-3 py-2 text-warning-text">
                      It has been changed elsewhere since you began. What you typed stays; saving shows both where they
                      meet.
                    </p>
                  )}
                  <DocumentFields form={form} focused={focused} />
                </div>
              )
            case 'json':
              return <JsonTab document={stored} documentRef={ref} />
            case 'links':
              return <LinksTab collection={collection} document={stored} />
            case 'history':
              return <HistoryTab documentRef={ref} isAudited={collection.audited} />
            case 'access':
              return <AccessTab collection={collection} documentRef={ref} />
          }
        }}
      </DocumentTabs>
      {(tab === 'fields' || isDirty) && <SaveBar form={form} action="Save" onSave={() => void undo.during(save)} />}
      {isLeaving && (
        <LeaveDialog
          name={name}
          changes={form.read.changed.length}
          isSaving={form.progress === 'saving'}
          onKeepEditing={() => setLeaving(false)}
          onKeepDraft={() => onClose?.()}
          onDiscard={() => void form.discard().then(() => onClose?.())}
          onSave={() =>
            void undo.during(save).then((isSaved) => {
              setLeaving(false)
              if (isSaved) onClose?.()
            })
          }
        />
      )}
    </div>
  )
}
