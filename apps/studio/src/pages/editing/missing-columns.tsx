import { useState } from 'react'
import type { FieldInfo } from '../../fields/field'
import { Button } from '../../kit/button'

export interface MissingColumnsProps {
  /** Fields that every document needs, and no column gives. */
  readonly fields: readonly FieldInfo[]
  /** Adds a column for it, with this text in each row. */
  readonly onAdd: (field: string, text: string) => void
}

/** What a paste lacks can be given here: the same for all rows, or row by row in the new column. */
export function MissingColumns({ fields, onAdd }: MissingColumnsProps) {
  if (fields.length === 0) return null
  return (
    <ul
      aria-label="Fields without a column"
      className="flex flex-col gap-2 rounded-panel bg-warning-soft p-3 text-warning-text"
    >
      {fields.map((field) => (
        <MissingColumn key={field.name} field={field} onAdd={(text) => onAdd(field.name, text)} />
      ))}
    </ul>
  )
}

function MissingColumn({ field, onAdd }: { readonly field: FieldInfo; readonly onAdd: (text: string) => void }) {
  const [text, setText] = useState('')
  const { name, references } = field
  return (
    <li>
      <form
        className="flex flex-wrap items-center gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          onAdd(text)
        }}
      >
        <span className="min-w-0 flex-1">
          <strong className="font-medium">{name}</strong> is required, and no column has it.
        </span>
        <input
          aria-label={`${name} of all rows`}
          placeholder={placeholderOf(field)}
          value={text}
          onChange={({ target }) => setText(target.value)}
          list={field.enum === null ? undefined : `choices-of-${name}`}
          autoComplete="off"
          className="h-8 w-[240px] rounded-control border border-control bg-canvas px-2 text-text placeholder:text-text-3 max-sm:h-10 max-sm:w-full"
        />
        {field.enum !== null && references === null && (
          <datalist id={`choices-of-${name}`}>
            {field.enum.values.map((value) => (
              <option key={String(value)} value={String(value)} />
            ))}
          </datalist>
        )}
        <Button type="submit">{text === '' ? `Add a column for ${name}` : 'Fill in all rows'}</Button>
      </form>
    </li>
  )
}

function placeholderOf({ references, enum: choices, type }: FieldInfo): string {
  if (references !== null) return `Key or name in ${references.collection}`
  if (choices !== null) return choices.values.slice(0, 3).join(', ')
  return type === 'bool' ? 'true or false' : type
}
