/** Something the person at the command line can mend. `advice` says how. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exitCode: 1 | 2
  readonly advice: string | undefined

  constructor(
    message: string,
    options: { readonly exitCode?: 1 | 2; readonly advice?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.exitCode = options.exitCode ?? 1
    this.advice = options.advice
  }
}
