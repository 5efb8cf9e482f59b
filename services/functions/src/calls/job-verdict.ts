/** What the code of a job has thrown, for operators, or decided about it by `Retry` and `Abort`. */
export class JobVerdict extends Error {
  override readonly name = 'JobVerdict'
  readonly kind: 'failed' | 'retry' | 'abort'
  readonly code: string
  /** When it is to be tried again; null: when its back-off says. */
  readonly afterMs: number | null

  constructor(
    message: string,
    { kind, code, afterMs = null }: Pick<JobVerdict, 'kind' | 'code'> & { readonly afterMs?: number | null },
  ) {
    super(message)
    this.kind = kind
    this.code = code
    this.afterMs = afterMs
  }
}
