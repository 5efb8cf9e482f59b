import { CommandError } from '../command-error'

export type JsonObject = { readonly [key: string]: unknown }

/** A document as a file has it, and where. */
export interface SourceRow {
  /** 1-based line on which it begins. */
  readonly line: number
  readonly document: JsonObject
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
  return { line, document: requireObject(line, document) }
}

export function requireObject(line: number, value: unknown): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw new RowError(line, `is not a document: an object with fields is expected, not ${describe(value)}`)
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`
}
