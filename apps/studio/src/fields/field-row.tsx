import { useId } from 'react'
import { SmallButton } from '../kit/small-button'
import { type FieldInfo, isRequired, lockOf } from './field'
import { FieldEditor } from './field-editor'
import type { FieldInput } from './field-input'
import type { Zone } from './zone'

export interface FieldRowProps {
  readonly field: FieldInfo
  readonly input: FieldInput
  /** What the document has of it; absent for a new one. */
  readonly stored: FieldInput | null
  readonly onInput: (input: FieldInput) => void
  /** Back to what is stored: nothing is changed any more. */
  readonly onRevert: () => void
  readonly zone: Zone
  readonly problem: { readonly message: string; readonly choices?: readonly string[] } | null
  /** Why nothing can be changed at all. */
  readonly reason: string | null
  readonly isChanged: boolean
  /** To be filled in: a copy does not have it. */
  readonly note?: string | undefined
  readonly autoFocus?: boolean
}

/** A field in a form: its name and type, its value, and what is wrong with it. */
export function FieldRow(props: FieldRowProps) {
  const { field, input, stored, onInput, onRevert, problem, isChanged, note } = props
  const id = useId()
  const lock = props.reason ?? lockOf(field, { isNew: stored === null })
  const hasNull = field.nullable && input.kind !== 'null' && lock === null
  const hasDefault = stored === null && input.kind !== 'default' && lock === null
  const described = [field.description !== null && `${id}-about`, problem && `${id}-problem`, note && `${id}-note`]
  return (
    <div
      data-field={field.name}
      data-changed={isChanged || undefined}
      className="flex flex-col gap-1 border-l-2 border-transparent pl-3 data-changed:border-accent"
    >
      <div className="flex min-h-6 items-center gap-2">
        <label htmlFor={id} className="min-w-0 truncate font-medium">
          {field.name}
        </label>
        <span className="flex-none text-sm text-text-3">{typeName(field)}</span>
        <span className="flex-1" />
        {hasNull && <Mark label={`Set ${field.name} to null`} text="null" onClick={() => onInput({ kind: 'null' })} />}
        {hasDefault && (
          <Mark
            label={field.default === null ? `Clear ${field.name}` : `Leave ${field.name} to its default`}
            text={field.default === null ? 'clear' : 'default'}
            onClick={() => onInput({ kind: 'default' })}
          />
        )}
        {isChanged && stored !== null && <Mark label={`Revert ${field.name}`} text="revert" onClick={onRevert} />}
      </div>
      <FieldEditor
        {...{ id, field, input, onInput, zone: props.zone, reason: lock }}
        isInvalid={problem !== null}
        describedBy={described.filter(Boolean).join(' ') || undefined}
        {...(props.autoFocus && { autoFocus: true })}
      />
      {problem !== null && (
        <div id={`${id}-problem`} className="flex flex-wrap items-center gap-2 text-sm text-danger-text">
          {problem.message}
          {problem.choices?.map((text) => (
            <SmallButton key={text} className="border border-control" onClick={() => onInput({ kind: 'text', text })}>
              {text}
            </SmallButton>
          ))}
        </div>
      )}
      {note !== undefined && (
        <p id={`${id}-note`} className="text-sm text-warning-text">
          {note}
        </p>
      )}
      {field.description !== null && (
        <p id={`${id}-about`} className="text-sm text-text-3">
          {field.description}
        </p>
      )}
    </div>
  )
}

function Mark({
  label,
  text,
  onClick,
}: {
  readonly label: string
  readonly text: string
  readonly onClick: () => void
}) {
  return (
    <SmallButton aria-label={label} title={label} onClick={onClick} className="italic">
      {text}
    </SmallButton>
  )
}

/** `string, required` */
function typeName(field: FieldInfo): string {
  const type = field.references !== null ? `→ ${field.references.collection}` : (field.enum?.name ?? field.type)
  return [type, field.primary && 'key', field.unique && !field.primary && 'unique', isRequired(field) && 'required']
    .filter(Boolean)
    .join(', ')
}
