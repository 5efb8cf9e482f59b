import { useState } from 'react'
import { CodeEditor } from '../../kit/code/code-editor'
import { SmallButton } from '../../kit/small-button'
import { type Json, parseExact, printExact } from '../exact-json'
import { type EditorProps, placeholderOf, typed } from './editor-props'
import { JsonTree } from './json-tree'

/** JSON as text, or as a tree whose values can be changed. The digits of numbers stay. */
export function JsonEditor(props: EditorProps) {
  const [isTree, setTree] = useState(false)
  const text = typed(props)
  const parsed = isTree ? parsedOrNull(text) : null
  const { field, onInput, reason } = props
  return (
    <div className="flex flex-col gap-1">
      <fieldset className="flex gap-1" aria-label={`How ${field.name} is shown`}>
        {(['Text', 'Tree'] as const).map((name) => (
          <SmallButton key={name} aria-pressed={isTree === (name === 'Tree')} onClick={() => setTree(name === 'Tree')}>
            {name}
          </SmallButton>
        ))}
        <span className="flex-1" />
        {!isTree && reason === null && (
          <SmallButton
            onClick={() => {
              const value = parsedOrNull(text)
              if (value !== null) onInput({ kind: 'text', text: printExact(value.json, 2) })
            }}
          >
            Format
          </SmallButton>
        )}
      </fieldset>
      {parsed === null ? (
        <div className="overflow-hidden rounded-control border border-control">
          <CodeEditor
            label={field.name}
            language="json"
            value={text}
            height="content"
            placeholder={placeholderOf(props)}
            isInvalid={props.isInvalid}
            describedBy={props.describedBy}
            autoFocus={props.autoFocus}
            {...(reason === null && { onChange: (next: string) => onInput({ kind: 'text', text: next }) })}
          />
        </div>
      ) : (
        <div className="max-h-[320px] overflow-auto rounded-control border border-control bg-canvas px-2 py-1.5">
          <JsonTree
            value={parsed.json}
            onChange={reason === null ? (value) => onInput({ kind: 'text', text: printExact(value, 2) }) : null}
          />
        </div>
      )}
      {isTree && parsed === null && text !== '' && (
        <p className="text-sm text-text-3">This is not JSON yet: a tree needs the whole text.</p>
      )}
    </div>
  )
}

function parsedOrNull(text: string): { readonly json: Json } | null {
  try {
    return { json: parseExact(text) }
  } catch {
    return null
  }
}
