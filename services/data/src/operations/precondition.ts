/** What must hold of the document as it is, or the write is not made: over HTTP, If-Match and If-None-Match. */
export interface Precondition {
  /** Whether it can only hold of a document that exists. */
  readonly requiresDocument: boolean
  /** Throws PRECONDITION_FAILED. @param current the document's text; null where the caller may not read it, undefined where there is none */
  check(current: string | null | undefined): void
}
