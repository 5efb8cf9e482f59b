import { type InexactNumber, inexactMessage, inexactNumbers } from '@koyalite/contracts'
import type { Collection } from '@koyalite/schema'
import { CommandError } from '../command-error'
import { repeatedKey } from './repeated-key'

export type JsonObject = { readonly [key: string]: unknown }

/** A document as a file has it, and where. */
export interface SourceRow {
  /** 1-based line on which it begins. */
  readonly line: number
  readonly document: JsonObject
  /** Numbers in it that are written with more digits than are written again: float fields take them. */
  readonly nearest?: readonly InexactNumber[]
}

/** Rows in the order of the file, some at a time: one await for many. Throws a RowError at the first that cannot be read. */
export type RowBatches = AsyncIterable<readonly SourceRow[]>

/** A row that cannot be read or was refused. */
export class RowError extends CommandError {
  readonly line: number
  /** Where a run reads several. */
  readonly file: string | undefined

  constructor(
    line: number,
    message: string,
    origin: { readonly cause?: unknown; readonly file?: string | undefined } = {},
  ) {
    super(message, { cause: origin.cause })
    this.line = line
    this.file = origin.file
  }

  inFile(file: string): RowError {
    return new RowError(this.line, this.message, { cause: this.cause, file })
  }
}

/** The object in `text`, a JSON text that begins on `line`. */
export function parseRow(line: number, text: string): SourceRow {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    throw new RowError(line, `is not valid JSON: ${(error as Error).message.replace(/^JSON Parse error: /, '')}`, {
      cause: error,
    })
  }
  const repeated = repeatedKey(text)
  if (repeated !== null) throw new RowError(line, repeatedMessage(repeated))
  return exactRow(line, requireObject(line, document), inexactNumbers(text))
}

/** Of two values for one key nobody can say which is meant. */
export function repeatedMessage(key: string): string {
  return `has the key '${key}' twice in one object`
}

/** A row whose document was read with these numbers in it. Throws a RowError for one that would become another number, or none. */
export function exactRow(line: number, document: JsonObject, inexact: readonly InexactNumber[]): SourceRow {
  const lost = inexact.find(({ fidelity }) => fidelity === 'inexact')
  if (lost) throw new RowError(line, inexactMessage(lost.path.join('.'), lost.token))
  return inexact.length === 0 ? { line, document } : { line, document, nearest: inexact }
}

/** Throws a RowError if a number has more digits than a float can represent. */
export function requireFloats(collection: Collection, { line, nearest = [] }: SourceRow): void {
  for (const { path, token } of nearest) {
    const [name = '', ...deeper] = path
    if (deeper.length > 0 || collection.fields.get(name)?.type !== 'float')
      throw new RowError(line, inexactMessage(path.join('.'), token))
  }
}

export function requireObject(line: number, value: unknown): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw new RowError(line, `is not a document: expected an object with fields, not ${describe(value)}`)
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`
}
