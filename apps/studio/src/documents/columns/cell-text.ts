import { type JsonObject, printExact } from '../../fields/exact-json'
import type { FieldInfo } from '../../fields/field'
import { type FormattedValue, formatSize, formatValue } from '../../fields/format-value'
import type { Zone } from '../../fields/zone'
import { type ReferenceLabel, referenceIn } from '../source/reference-label'
import { shownAs } from '../source/shown-as'

/** What copying gives of a value: the value itself, whatever the cell shows of it; nothing for null. */
export function copiedText(field: FieldInfo, doc: JsonObject, label: ReferenceLabel | null): string {
  const { key: value } = referenceIn(doc, field, label)
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : printExact(value)
}

export interface CellText extends FormattedValue {
  /** Behind it: the size of what is cut, the key behind a label. */
  readonly detail: string | null
}

const HIDDEN: CellText = { text: 'hidden', mark: 'default', title: 'A rule of the field hides it here', detail: null }

/** What a cell shows, in one line. */
export function cellText(
  field: FieldInfo,
  doc: JsonObject,
  { label, zone }: { readonly label: ReferenceLabel | null; readonly zone: Zone },
): CellText {
  const { key: value, label: name } = referenceIn(doc, field, label)
  if (value === undefined) return HIDDEN
  const shown = shownAs(doc, field.name)
  if (shown !== null && shown.type === 'blob') return { ...plain(formatSize(shown.bytes ?? 0)), detail: 'blob' }
  if (shown !== null && typeof value === 'string') {
    const { bytes } = shown
    return {
      ...plain(value.replaceAll(/\r\n|[\r\n]/g, '⏎') + (bytes === undefined ? '' : '…')),
      detail: bytes === undefined ? null : formatSize(bytes),
    }
  }
  if (name !== undefined && name !== null && name !== '') {
    const key = typeof value === 'string' ? value : printExact(value)
    return {
      ...plain(typeof name === 'string' ? name : printExact(name)),
      detail: key.length > 12 ? `…${key.slice(-6)}` : key,
      title: key,
    }
  }
  const formatted = formatValue(field, value, zone)
  return { ...formatted, detail: field.type === 'blob' && value !== null ? 'blob' : null }
}

function plain(text: string): FormattedValue {
  return { text, mark: null, title: null }
}
