/** One sentence about one place. A warning is printed and does not fail the check. */
export interface Violation {
  readonly file: string
  readonly line: number
  readonly message: string
  readonly warning?: true
}
