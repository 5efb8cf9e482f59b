import { useState } from 'react'
import { Button } from '../../kit/button'
import { TextField } from '../../kit/text-field'
import type { RulesDraft } from './policy-draft'
import { RuleEditor } from './rule-editor'

type Definitions = RulesDraft['definitions']

/** Named parts of rules; they belong to the whole schema. */
export function DefinitionEditors({
  definitions,
  served,
  reason,
  onChange,
}: {
  readonly definitions: Definitions
  /** As they are served. */
  readonly served: Definitions
  readonly reason: string | null
  readonly onChange: (definitions: Definitions) => void
}) {
  return (
    <>
      {Object.keys(definitions).length === 0 && <p className="text-text-3">None.</p>}
      {Object.entries(definitions).map(([signature, body]) => (
        <RuleEditor
          key={signature}
          label={signature}
          place={placeOf(signature)}
          value={body}
          reason={reason}
          placeholder="empty: the definition is dropped"
          isChanged={(served[signature] ?? '').trim() !== body.trim()}
          onChange={(text) => onChange({ ...definitions, [signature]: text })}
        />
      ))}
      {reason === null && (
        <NewDefinition
          taken={Object.keys(definitions)}
          onAdd={(signature) => onChange({ ...definitions, [signature]: '' })}
        />
      )}
    </>
  )
}

const SIGNATURE = /^([A-Za-z][A-Za-z0-9_]*)\(((?:[A-Za-z][A-Za-z0-9_]*(?:, [A-Za-z][A-Za-z0-9_]*)*)?)\)$/

function placeOf(signature: string) {
  const [, definition = 'unnamed', parameters = ''] = SIGNATURE.exec(signature) ?? []
  return { definition, parameters: parameters === '' ? [] : parameters.split(', ') }
}

function NewDefinition({
  taken,
  onAdd,
}: {
  readonly taken: readonly string[]
  readonly onAdd: (signature: string) => void
}) {
  const [text, setText] = useState('')
  const signature = text.trim().replace(/\s*,\s*/g, ', ')
  const error = problemOf(signature, taken)
  return (
    <form
      className="flex items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (signature === '' || error !== undefined) return
        onAdd(signature)
        setText('')
      }}
    >
      <TextField
        label="Add a definition"
        placeholder="is_member(team)"
        value={text}
        error={error}
        onChange={({ target }) => setText(target.value)}
        className="w-[240px]"
      />
      <Button type="submit" reason={signature === '' ? 'Give it a name first.' : (error ?? null)} className="mt-6">
        Add
      </Button>
    </form>
  )
}

function problemOf(signature: string, taken: readonly string[]): string | undefined {
  if (signature === '') return undefined
  const [, name] = SIGNATURE.exec(signature) ?? []
  if (name === undefined) return 'A name and its parameters: is_member(team).'
  return taken.some((one) => one.startsWith(`${name}(`)) ? `There is a definition ${name} already.` : undefined
}
