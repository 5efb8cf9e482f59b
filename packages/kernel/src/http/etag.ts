/** The validator of a document: a hash of its complete JSON text as the caller reads it. */
export function etagOf(document: string): string {
  return `"${Bun.hash(document).toString(36)}"`
}
