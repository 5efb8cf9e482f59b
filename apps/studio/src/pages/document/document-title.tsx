import type { StoredDocument } from '../../fields/documents'
import { printExact } from '../../fields/exact-json'
import type { CollectionInfo } from '../../fields/field'

interface DocumentTitleProps {
  readonly collection: CollectionInfo
  readonly documentKey: string
  readonly document: Pick<StoredDocument, 'values'> | undefined
}

/** What a document is called: by its label, else by its key. */
export function titleOf({ collection, documentKey, document }: DocumentTitleProps): string {
  const label = collection.label === null ? null : document?.values[collection.label]
  if (label === null || label === undefined || label === '') return documentKey
  return typeof label === 'string' ? label : printExact(label)
}

/** @param level of its heading: 1 where the document is the page */
export function DocumentTitle({ level, ...props }: DocumentTitleProps & { readonly level: 1 | 2 }) {
  const title = titleOf(props)
  const Heading = `h${level}` as const
  return (
    <div className="min-w-0 flex-1">
      <p className="truncate text-sm text-text-2">
        {props.collection.name}
        {title !== props.documentKey && (
          <>
            {' · '}
            <code title={props.documentKey} className="font-mono">
              {props.documentKey}
            </code>
          </>
        )}
      </p>
      <Heading tabIndex={-1} title={title} className="truncate outline-none text-title font-semibold">
        {title}
      </Heading>
    </div>
  )
}
