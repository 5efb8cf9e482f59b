import type { Collection, Field } from '@koyalite/schema'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { Badge } from '../../kit/badge'
import { classNames } from '../../kit/class-names'
import { useKeys } from '../../shell/keyboard'
import { useSchema } from '../schema/schema-context'
import { FieldForm } from './field-form'
import { fieldMarks, fieldTypeText } from './field-in-words'
import { NewField } from './new-field'

/** The fields in the order of the file; one of them is open. */
export function FieldsTab({ collection }: { readonly collection: Collection }) {
  const { reason } = useSchema()
  const { field: open } = useSearch({ from: '/shell/schema/$collection' })
  const name = useRef<HTMLInputElement>(null)
  useKeys(reason === null ? { new: () => name.current?.focus() } : {})
  const fields = [...collection.fields.values()]
  // One that has just been made: what comes next are its fields.
  const isBare = reason === null && fields.length === 1
  useEffect(() => {
    if (isBare) name.current?.focus()
  }, [isBare])
  return (
    <div className="flex flex-col gap-4">
      <ul
        aria-label={`Fields of ${collection.name}`}
        className="flex flex-col divide-y divide-line rounded-panel border border-line"
      >
        {fields.map((field) => (
          <FieldRow key={field.name} collection={collection} field={field} isOpen={field.name === open} />
        ))}
      </ul>
      <NewField collection={collection} nameRef={name} />
    </div>
  )
}

interface FieldRowProps {
  readonly collection: Collection
  readonly field: Field
  readonly isOpen: boolean
}

function FieldRow({ collection, field, isOpen }: FieldRowProps) {
  const navigate = useNavigate({ from: '/schema/$collection' })
  const toggle = () => void navigate({ search: isOpen ? {} : { field: field.name }, replace: true })
  return (
    <li>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={toggle}
        className={classNames(
          'grid w-full grid-cols-[minmax(120px,1fr)_minmax(120px,1fr)_2fr] items-center gap-3 px-3 py-2 text-left hover:bg-surface max-sm:grid-cols-[1fr_auto]',
          isOpen && 'bg-surface',
        )}
      >
        <span className="truncate font-medium">{field.name}</span>
        <span className="truncate text-text-2">{fieldTypeText(field)}</span>
        <span className="flex flex-wrap gap-1.5 max-sm:col-span-2">
          {fieldMarks(field).map((mark) => (
            <Badge key={mark}>{mark}</Badge>
          ))}
        </span>
      </button>
      {isOpen && <FieldForm key={field.name} collection={collection} field={field} />}
    </li>
  )
}
