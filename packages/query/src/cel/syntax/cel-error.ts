/** Something wrong with an expression, and where: `start` and `end` are offsets (UTF-16 units) in its source. */
export class CelError extends Error {
  override readonly name = 'CelError'
  readonly start: number
  readonly end: number

  constructor(message: string, range: { readonly start: number; readonly end: number }) {
    super(message)
    this.start = range.start
    this.end = range.end
  }
}
