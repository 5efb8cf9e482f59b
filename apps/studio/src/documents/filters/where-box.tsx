import { useState } from 'react'
import type { CollectionInfo } from '../../fields/field'
import { Button } from '../../kit/button'
import { type CodeCompletions, CodeEditor, type CodePosition } from '../../kit/code/code-editor'

export interface WhereBoxProps {
  readonly collection: CollectionInfo
  readonly collections: readonly CollectionInfo[]
  readonly value: string
  /** What the server says of it. */
  readonly error: string | null
  onApply(where: string): void
  onClose(): void
}

/** A condition as an expression of CEL, for what the filters in words cannot say. */
export function WhereBox({ collection, collections, value, error, onApply, onClose }: WhereBoxProps) {
  const [text, setText] = useState(value)
  return (
    <div className="flex w-full flex-col gap-1.5">
      <div className="flex items-start gap-2 max-sm:flex-col">
        <CodeEditor
          label="Expression"
          language="cel"
          height="content"
          value={text}
          onChange={setText}
          onRun={() => onApply(text.trim())}
          complete={(position) => completions(position, collection, collections)}
          placeholder="doc.population > 100000 && doc.name.startsWith('San')"
          className="min-w-0 flex-1 rounded-control border border-control max-sm:w-full"
        />
        <Button kind="primary" title="Ctrl+Enter" onClick={() => onApply(text.trim())}>
          Apply
        </Button>
        <Button
          kind="quiet"
          onClick={() => {
            if (value !== '') onApply('')
            onClose()
          }}
        >
          Remove
        </Button>
      </div>
      {error !== null && (
        <p role="alert" className="text-danger-text">
          {error}
        </p>
      )}
    </div>
  )
}

/** Fields after `doc.`, and those of what a reference refers to after its name. */
function completions(
  { text, at }: CodePosition,
  collection: CollectionInfo,
  collections: readonly CollectionInfo[],
): CodeCompletions | null {
  const [, path = '', word = ''] = /\b((?:doc|auth|request)(?:\.\w+)*)\.(\w*)$/.exec(text.slice(0, at)) ?? []
  if (path === '') {
    const [start = ''] = /\w*$/.exec(text.slice(0, at)) ?? []
    return { from: at - start.length, options: ROOTS }
  }
  const [root, ...steps] = path.split('.')
  if (root === 'request') return { from: at - word.length, options: [{ label: 'time', detail: 'timestamp' }] }
  if (root === 'auth') return { from: at - word.length, options: [{ label: 'id', detail: 'text' }] }
  let here: CollectionInfo | undefined = collection
  for (const step of steps) {
    const field: CollectionInfo['fields'][number] | undefined = here?.fields.find(
      ({ name, references }) => references !== null && (name === step || name === `${step}_id`),
    )
    here = collections.find(({ name }) => name === field?.references?.collection)
  }
  const fields = here?.fields.filter(({ internal }) => !internal) ?? []
  return {
    from: at - word.length,
    options: [...fields.map(({ name, type }) => ({ label: name, detail: type })), ...METHODS],
  }
}

const ROOTS = [
  { label: 'doc', detail: 'the document' },
  { label: 'auth', detail: 'who asks' },
  { label: 'request', detail: 'the request' },
]
const METHODS = ['startsWith', 'endsWith', 'contains', 'matches', 'lowerAscii'].map((label) => ({
  label,
  detail: 'of a text',
  insert: `${label}(`,
}))
