import { useState } from 'react'
import type { DocumentRef, StoredDocument } from '../../fields/documents'
import { printExact } from '../../fields/exact-json'
import { Button } from '../../kit/button'
import { CodeEditor } from '../../kit/code/code-editor'
import { CopyField } from '../../kit/copy-field'

/** The document as the API returns it, digit for digit, and how to ask for it. */
export function JsonTab({
  document,
  documentRef,
}: {
  readonly document: StoredDocument
  readonly documentRef: DocumentRef
}) {
  const [isCopying, setCopying] = useState(false)
  const text = printExact(document.values, 2)
  const { collection, key } = documentRef
  const address = `${location.origin}/api/collections/${encodeURIComponent(collection)}/~${encodeURIComponent(key)}`
  return (
    <div className="flex flex-col gap-3">
      <div className="overflow-hidden rounded-panel border border-line">
        <CodeEditor label="The document as JSON" language="json" value={text} height="content" />
      </div>
      {isCopying ? (
        <>
          <CopyField label="The document as JSON in one line" text={printExact(document.values)} />
          <CopyField label="A command that reads the document" text={`curl '${address.replaceAll("'", '%27')}'`} />
        </>
      ) : (
        <Button onClick={() => setCopying(true)} className="self-start">
          Copy as JSON or curl
        </Button>
      )}
    </div>
  )
}
