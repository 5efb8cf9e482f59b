import { type RefObject, useEffect, useRef } from 'react'
import { inputOf } from '../../fields/field-input'
import { FieldRow } from '../../fields/field-row'
import { useWriteReason } from '../../fields/use-may-write'
import { useZone } from '../../fields/use-zone'
import { FormError } from '../../kit/form-error'
import { ConflictChooser } from './conflict-chooser'
import type { DocumentForm } from './use-document-form'

export interface DocumentFieldsProps {
  readonly form: DocumentForm
  /** The field that is edited first. */
  readonly focused?: string | undefined
  /** Of fields that need a word: of a copy, those that were left out. */
  readonly notes?: Readonly<Record<string, string>>
  /** The element that they are in: see `focusField`. */
  readonly ref?: RefObject<HTMLDivElement | null>
}

/** Puts the focus into the editor of a field. */
export function focusField(fields: HTMLElement | null, name: string): void {
  const row = fields?.querySelector(`[data-field="${CSS.escape(name)}"]`)
  const control = row?.querySelector('label')?.control ?? row?.querySelector<HTMLElement>('[contenteditable=true]')
  control?.focus()
}

/** The fields of a document as a form. */
export function DocumentFields({ form, focused, notes = {}, ref }: DocumentFieldsProps) {
  const { collection, base, changes, read, refused, conflicts, error, dispatch } = form
  const { zone } = useZone()
  const reason = useWriteReason(collection.name)
  const wrong = { ...read.problems, ...refused }
  const own = useRef<HTMLDivElement>(null)
  const element = ref ?? own
  const focus = (name: string) => focusField(element.current, name)
  const names = collection.fields.map(({ name }) => name).filter((name) => name in wrong)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each refusal
  useEffect(() => {
    if (error !== null && names[0] !== undefined) focus(names[0])
  }, [error])
  return (
    <div ref={element} className="flex flex-col gap-4">
      {error !== null && (
        <FormError>
          {error.message}
          {names.map((name) => (
            <button key={name} type="button" onClick={() => focus(name)} className="ml-2 font-medium underline">
              {name}
            </button>
          ))}
        </FormError>
      )}
      {conflicts.map((conflict) => (
        <ConflictChooser key={conflict.field} conflict={conflict} form={form} />
      ))}
      {collection.fields
        .filter(({ internal }) => !internal)
        .map((field) => {
          const stored = base === null ? null : inputOf(field, base.values[field.name], zone)
          return (
            <FieldRow
              key={field.name}
              {...{ field, stored, zone, reason }}
              input={changes[field.name] ?? stored ?? { kind: 'default' }}
              onInput={(input) => dispatch({ kind: 'typed', field: field.name, input })}
              onRevert={() => dispatch({ kind: 'reverted', fields: [field.name] })}
              problem={wrong[field.name] ?? null}
              isChanged={read.changed.includes(field.name)}
              note={notes[field.name]}
              autoFocus={focused === field.name}
            />
          )
        })}
    </div>
  )
}
