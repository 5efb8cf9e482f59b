import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { JsonObject } from '../../fields/exact-json'
import type { CollectionInfo } from '../../fields/field'
import { useCollections } from '../../fields/use-collections'
import { classNames } from '../../kit/class-names'
import { PANEL_OVER_LIST } from '../../kit/panel-place'
import { useKeys } from '../../shell/keyboard'
import { DocumentActions } from './document-actions'
import { DocumentEditor } from './document-editor'
import { type DocumentSearch, refOf } from './document-search'
import { DocumentTitle, titleOf } from './document-title'
import { NewDocument } from './new-document'
import { useDeleteDocument } from './use-delete-document'

export interface DocumentPanelsProps {
  readonly collection: CollectionInfo
  /** What the address says: see `readDocumentSearch`. */
  readonly search: DocumentSearch
  /** Puts another one into the address, in the place of what these names are now. */
  readonly onSearch: (search: DocumentSearch, options?: { readonly replace?: boolean }) => void
  /** To the document before or after the one in the panel, in the list beside it. */
  readonly onStep?: (by: -1 | 1) => void
  /** The field that was about to be edited in the list. */
  readonly focused?: string | undefined
  /** A document was changed: what it is now. */
  readonly onWritten?: (key: string, values: JsonObject) => void
  /** A document was added or deleted. */
  readonly onListed?: () => void
  /** After a panel has closed: to where the focus was. */
  readonly onClosed?: () => void
}

/** The documents that are open beside a list, and the form of a new one. It is not modal: the list can be used meanwhile. */
export function DocumentPanels(props: DocumentPanelsProps) {
  const { collection, search, onSearch, onStep, focused, onWritten, onListed, onClosed } = props
  const { data: collections = [] } = useCollections()
  const [created, setCreated] = useState<string | null>(null)
  const { doc, over = [], tab = 'fields' } = search
  const stacked = over.flatMap((text) => {
    const ref = refOf(text)
    const info = collections.find(({ name }) => name === ref?.collection)
    return ref === null || info === undefined ? [] : [{ info, key: ref.key, text }]
  })
  function close(): void {
    onSearch({})
    onClosed?.()
  }
  if (search.new === true)
    return (
      <Panel label={`New document in ${collection.name}`}>
        <NewDocument
          key={search.of}
          collection={collection}
          copyOf={search.of}
          onClose={close}
          onCreated={(key) => {
            setCreated(key)
            onListed?.()
            onSearch({ doc: key })
          }}
        />
      </Panel>
    )
  if (doc === undefined) return null
  const top = stacked.at(-1)
  const shown = top ?? { info: collection, key: doc, text: '' }
  return (
    <Panel
      label={`Document of ${shown.info.name}`}
      onStep={top === undefined ? onStep : undefined}
      // The button that made it is gone: keys go on from the document.
      hasFocus={created === doc && top === undefined}
    >
      <OpenDocument
        key={`${shown.info.name}/${shown.key}`}
        collection={shown.info}
        documentKey={shown.key}
        depth={stacked.length}
        tab={tab}
        // Back leads to where one came from, whatever parts of the document were looked at.
        onTab={(next) => onSearch({ ...search, tab: next === 'fields' ? undefined : next }, { replace: true })}
        focused={top === undefined ? focused : undefined}
        onStep={top === undefined ? onStep : undefined}
        onSaved={(values) => shown.info.name === collection.name && onWritten?.(shown.key, values)}
        onDeleted={() => shown.info.name === collection.name && onListed?.()}
        onDuplicate={top === undefined ? () => onSearch({ new: true, of: doc }) : undefined}
        onClose={() =>
          top === undefined ? close() : onSearch({ ...search, over: over.filter((text) => text !== top.text) })
        }
      />
    </Panel>
  )
}

interface OpenDocumentProps {
  readonly collection: CollectionInfo
  readonly documentKey: string
  /** How many panels it stands over. */
  readonly depth: number
  readonly tab: NonNullable<DocumentSearch['tab']>
  readonly onTab: (tab: NonNullable<DocumentSearch['tab']>) => void
  readonly focused: string | undefined
  readonly onStep: ((by: -1 | 1) => void) | undefined
  readonly onSaved: (values: JsonObject) => void
  readonly onDeleted: () => void
  readonly onDuplicate: (() => void) | undefined
  readonly onClose: () => void
}

function OpenDocument(props: OpenDocumentProps) {
  const { collection, documentKey, depth, onStep, onDuplicate, onClose, onDeleted, ...rest } = props
  const remove = useDeleteDocument()
  return (
    <DocumentEditor
      {...{ collection, documentKey, onClose, ...rest }}
      header={(document, close) => (
        <div className="flex items-center gap-2 px-4 py-2">
          {depth > 0 && <span className="text-text-3">{'›'.repeat(depth)}</span>}
          <DocumentTitle level={2} {...{ collection, documentKey, document }} />
          <DocumentActions
            documentRef={{ collection: collection.name, key: documentKey }}
            onStep={onStep}
            onDuplicate={onDuplicate}
            onClose={close}
            onDelete={() => {
              const title = `${collection.name} ${titleOf({ collection, documentKey, document })}`
              void remove({ collection: collection.name, key: documentKey }, title).then((isDone) => {
                if (!isDone) return
                onDeleted()
                onClose()
              })
            }}
          />
        </div>
      )}
    />
  )
}

interface PanelProps {
  readonly label: string
  readonly onStep?: ((by: -1 | 1) => void) | undefined
  /** Its title gets it. */
  readonly hasFocus?: boolean
  readonly children: ReactNode
}

/** Beside the list; below 1,024 px over it. */
function Panel({ label, onStep, hasFocus = false, children }: PanelProps) {
  const element = useRef<HTMLElement>(null)
  useEffect(() => {
    if (hasFocus) element.current?.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true })
  }, [hasFocus])
  useKeys(onStep === undefined ? {} : { previousDocument: () => onStep(-1), nextDocument: () => onStep(1) })
  return (
    <aside
      ref={element}
      aria-label={label}
      className={classNames(
        'flex w-[480px] max-w-[50vw] flex-none flex-col border-l border-line bg-canvas max-lg:w-[min(480px,100vw)]',
        PANEL_OVER_LIST,
      )}
    >
      {children}
    </aside>
  )
}
