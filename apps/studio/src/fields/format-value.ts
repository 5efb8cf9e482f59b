import { ExactNumber, type Json, printExact } from './exact-json'
import { type FieldInfo, holdsText } from './field'
import { formatTimestamp, relativeTime, type Zone } from './zone'

/** A value in one line, for cells and lists. */
export interface FormattedValue {
  readonly text: string
  /** Not a value but the word for it: shown in another colour, and in italics. */
  readonly mark: 'null' | 'empty' | 'default' | null
  /** What else there is to know of it, on hovering. */
  readonly title: string | null
}

const NULL: FormattedValue = { text: 'null', mark: 'null', title: null }
const DEFAULT: FormattedValue = { text: 'default', mark: 'default', title: 'Not given: the schema has a default' }
const EMPTY: FormattedValue = { text: '""', mark: 'empty', title: 'A text of no characters' }

/** What does not fit into one line anyway. */
const LONGEST = 256

export function formatValue(field: FieldInfo, value: Json | undefined, zone: Zone): FormattedValue {
  if (value === undefined) return DEFAULT
  if (value === null) return NULL
  if (value === '' && holdsText(field)) return EMPTY
  if (field.type === 'timestamp' && typeof value === 'string')
    return { text: formatTimestamp(value, zone), mark: null, title: otherZone(value, zone) }
  if (field.type === 'blob' && typeof value === 'string') return plain(formatSize(bytesOf(value)))
  if (typeof value === 'string') return plain(oneLine(value))
  if (value instanceof ExactNumber) return plain(value.digits)
  return plain(oneLine(printExact(value)))
}

function plain(text: string): FormattedValue {
  return { text, mark: null, title: null }
}

function oneLine(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return cut.replaceAll(/\r\n|[\r\n]/g, '⏎')
}

function otherZone(at: string, zone: Zone): string {
  const other = zone === 'UTC' ? new Intl.DateTimeFormat().resolvedOptions().timeZone : 'UTC'
  return `${formatTimestamp(at, other)} · ${relativeTime(at, Date.now())}`
}

/** Of base64. */
export function bytesOf(text: string): number {
  return (text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0)
}

/** `12.4 MB` */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
  const [unit, size] = SIZES.find(([, least]) => bytes >= least) ?? (['KB', 1000] as const)
  return `${(bytes / size).toFixed(1)} ${unit}`
}

const SIZES = [
  ['GB', 1_000_000_000],
  ['MB', 1_000_000],
  ['KB', 1_000],
] as const
