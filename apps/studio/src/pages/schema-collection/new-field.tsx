import type { Collection, SchemaEdit } from '@koyalite/schema'
import { useNavigate } from '@tanstack/react-router'
import { type RefObject, useId, useState } from 'react'
import { Button } from '../../kit/button'
import { INPUT } from '../../kit/text-field'
import { listedValues } from '../schema/listed-values'
import { nameProblem } from '../schema/name-problem'
import { useSchema } from '../schema/schema-context'
import { addEdit } from '../schema/schema-draft'
import { optionsOfType, typeOptions } from './field-types'

/** Among the types: a text whose values are listed. No type has this name, since it is not one that YAML could have. */
const LISTED = '[]'

/** A name, a type, Enter: the field is in the draft, and its form is open. */
export function NewField({
  collection,
  nameRef,
}: {
  readonly collection: Collection
  readonly nameRef: RefObject<HTMLInputElement | null>
}) {
  const { model, change, reason } = useSchema()
  const navigate = useNavigate({ from: '/schema/$collection' })
  const id = useId()
  const [name, setName] = useState('')
  const [type, setType] = useState('string')
  const [listed, setListed] = useState('')
  const [isOptional, setOptional] = useState(false)
  const [error, setError] = useState<string | null>(null)
  if (model === null) return null
  const add = () => {
    const problem = nameProblem(name, collection.fields.keys(), 'field')
    const values = listedValues(listed)
    const options = type === LISTED ? { type: 'string', enum: values } : optionsOfType(model, type)
    const found = problem ?? (type === LISTED && values.length === 0 ? 'Write at least one value.' : null)
    setError(found)
    if (found !== null || options === undefined) return
    const value = { ...options, ...(isOptional && { nullable: true }) }
    const edit: SchemaEdit = { type: 'add_field', collection: collection.name, field: name, value }
    change((draft) => ({ ...draft, edits: addEdit(draft.edits, edit) }))
    setName('')
    setListed('')
    void navigate({ search: { field: name }, replace: true })
    nameRef.current?.focus()
  }
  return (
    <form
      aria-label="Add a field"
      className="flex flex-col gap-1"
      onSubmit={(event) => {
        event.preventDefault()
        add()
      }}
    >
      <div className="flex flex-wrap items-center gap-2">
        <input
          ref={nameRef}
          aria-label="Name of the new field"
          aria-invalid={error !== null}
          aria-describedby={error === null ? undefined : `${id}-error`}
          placeholder="Name of the new field (N)"
          value={name}
          disabled={reason !== null}
          onChange={({ target }) =>
            setName(
              target.value
                .trim()
                .toLowerCase()
                .replaceAll(/[\s-]+/g, '_'),
            )
          }
          className={`${INPUT} max-w-[260px]`}
        />
        <select
          aria-label="Type of the new field"
          value={type}
          disabled={reason !== null}
          onChange={({ target }) => setType(target.value)}
          className={`${INPUT} max-w-[280px]`}
        >
          {typeOptions(model).map(({ value, text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
          <option value={LISTED}>enum: one of a few values</option>
        </select>
        {type === LISTED && (
          <input
            aria-label="Values of the new field"
            placeholder="draft, out"
            value={listed}
            disabled={reason !== null}
            onChange={({ target }) => setListed(target.value)}
            className={`${INPUT} max-w-[260px]`}
          />
        )}
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            checked={isOptional}
            disabled={reason !== null}
            onChange={({ target }) => setOptional(target.checked)}
          />
          May be null
        </label>
        <Button type="submit" reason={reason}>
          Add field
        </Button>
      </div>
      {error !== null && (
        <p id={`${id}-error`} className="text-sm text-danger-text">
          {error}
        </p>
      )}
    </form>
  )
}
