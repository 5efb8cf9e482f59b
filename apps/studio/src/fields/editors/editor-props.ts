import type { FieldInfo } from '../field'
import type { FieldInput } from '../field-input'
import type { Zone } from '../zone'

/** What each editor of a value has. It shows the input as it is, and reports each change; what is wrong with it is shown around it. */
export interface EditorProps {
  readonly id: string
  readonly field: FieldInfo
  readonly input: FieldInput
  readonly onInput: (input: FieldInput) => void
  readonly zone: Zone
  readonly isInvalid: boolean
  readonly describedBy: string | undefined
  /** Why it cannot be changed: it can be read, and its text selected. */
  readonly reason: string | null
  readonly autoFocus?: boolean
}

export function typed({ input }: EditorProps): string {
  return input.kind === 'text' ? input.text : ''
}

/** Stands where there is no text: which kind of nothing it is. */
export function placeholderOf({ input, field }: EditorProps): string {
  if (input.kind === 'null') return 'null'
  if (input.kind === 'text') return '""'
  return field.default === null ? 'not given' : `default: ${defaultName(field)}`
}

export function defaultName({ default: preset }: FieldInfo): string {
  if (preset === null) return 'none'
  if (preset.kind !== 'literal') return preset.kind
  return typeof preset.value === 'string' ? preset.value : JSON.stringify(preset.value)
}

export const CONTROL =
  'w-full rounded-control border border-control bg-canvas px-2.5 text-base aria-invalid:border-danger [&[readonly]]:bg-surface aria-disabled:bg-surface placeholder:italic'
