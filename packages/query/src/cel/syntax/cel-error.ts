import type { Definition } from '@koyalite/schema'
import type { Range } from './parse-cel'

/** Something wrong with an expression, and where: `start` and `end` are offsets (UTF-16 units) in its source. */
export class CelError extends Error {
  override readonly name = 'CelError'
  readonly start: number
  readonly end: number
  /** The definition that the offsets are in; absent: the expression itself. */
  readonly definition?: Definition
  /** The calls of definitions through which it came about, the innermost first. */
  readonly calls: readonly Range[]

  constructor(message: string, { start, end, definition }: Range, calls: readonly Range[] = []) {
    super(message)
    this.start = start
    this.end = end
    if (definition !== undefined) this.definition = definition
    this.calls = calls
  }

  /** The same error, of a definition that is called there. */
  calledAt(call: Range): CelError {
    return new CelError(this.message, this, [...this.calls, call])
  }
}
