import { AppError } from '@koyalite/contracts'

/** The validator of a document: a hash of its complete JSON text as the caller reads it. */
export function etagOf(document: string): string {
  return `"${Bun.hash(document).toString(36)}"`
}

/** Whether one of the tags of an If-Match or If-None-Match header is this one. Weak tags count as their strong ones. */
export function matchesTag(header: string, etag: string): boolean {
  if (header.trim() === '*') return true
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}

/** Throws PRECONDITION_FAILED where the document is not the one that If-Match names. */
export function requireMatch(ifMatch: string | null, document: string | null): void {
  if (ifMatch === null) return
  if (document !== null && matchesTag(ifMatch, etagOf(document))) return
  throw new AppError(
    'PRECONDITION_FAILED',
    'The document has changed since you read it. Read it again and repeat the change.',
  )
}

/** Throws PRECONDITION_FAILED where the document that is there is one of those that If-None-Match names: `*` is any. */
export function requireNoMatch(ifNoneMatch: string | null, document: string | null): void {
  if (ifNoneMatch === null) return
  if (ifNoneMatch.trim() !== '*' && (document === null || !matchesTag(ifNoneMatch, etagOf(document)))) return
  throw new AppError('PRECONDITION_FAILED', 'There is such a document already, and If-None-Match rules it out.')
}
