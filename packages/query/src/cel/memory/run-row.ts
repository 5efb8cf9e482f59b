import type { Field } from '@koyalite/schema'
import type { Row } from '../check/expression'
import { parseDate, storedTimestamp } from '../functions/cel-time'
import type { CelDocument, Followed, Frame } from './cel-environment'
import { type CelValue, FAILED, type Failed, type Result } from './cel-value'

type FindRow = (frame: Frame) => Followed | Failed

/** A function that finds a row: null where the reference to it leads nowhere, failed where one before it did. */
export function compileRow(row: Row): FindRow {
  switch (row.kind) {
    case 'root':
      return (frame) => frame.environment.documents[row.name] ?? FAILED
    case 'element':
      // Only macros over collections fill the slot of a row variable, with documents.
      return (frame) => frame.slots[row.variable] as CelDocument
    case 'follow':
      return compileFollow(row)
  }
}

function compileFollow({ from, field, collection, key }: Extract<Row, { kind: 'follow' }>): FindRow {
  const find = compileRow(from)
  return (frame) => {
    const source = find(frame)
    if (source === FAILED || source === null) return FAILED
    if (source === 'unreadable') return null
    const value = source[field.name] ?? null
    if (value === null || value instanceof Uint8Array) return null
    return frame.environment.follow(collection, key, value)
  }
}

/** A function that reads a field: failed where there is no row, null where it cannot be read. */
export function compileField(row: Row, field: Field): (frame: Frame) => Result {
  const find = compileRow(row)
  const decode = DECODERS[field.type]
  const { name } = field
  return (frame) => {
    const document = find(frame)
    if (document === FAILED || document === null) return FAILED
    if (document === 'unreadable') return null
    const value = document[name] ?? null
    return value === null ? null : decode(value)
  }
}

type Stored = Exclude<CelDocument[string], undefined | null>

const asIs = (value: Stored): CelValue => value

/** A value of a document in the API's shape → a value of an expression. */
const DECODERS: Readonly<Record<Field['type'], (value: Stored) => Result>> = {
  uuid: asIs,
  string: asIs,
  text: asIs,
  int: (value) => (typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value),
  float: (value) => (typeof value === 'bigint' ? Number(value) : value),
  bool: asIs,
  timestamp: (value) => (typeof value === 'string' ? storedTimestamp(value) : FAILED),
  date: (value) => (typeof value === 'string' ? parseDate(value) : FAILED),
  json: asIs,
  blob: (value) => (typeof value === 'string' ? Uint8Array.from(atob(value), (char) => char.charCodeAt(0)) : value),
}
