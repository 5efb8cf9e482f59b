/** What must hold for the current document, or else the write is refused: over HTTP, If-Match and If-None-Match. */
export interface Precondition {
  /** Whether it can only hold for a document that exists. */
  readonly requiresDocument: boolean
  /**
   * Throws PRECONDITION_FAILED.
   * @param current the document's text; null where the caller may not read it, undefined if there is none
   */
  check(current: string | null | undefined): void
}
