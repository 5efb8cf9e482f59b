import { AppError } from '@koyalite/contracts'
import { etagOf } from '@koyalite/kernel'
import type { Precondition } from '../operations/precondition'

/** Whether one of the tags of an If-Match or If-None-Match header is this one. Weak tags count as their strong ones. */
export function matchesTag(header: string, etag: string): boolean {
  if (header.trim() === '*') return true
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}

/** If-Match as a precondition; null where the header is absent. */
export function ifMatch(headers: Headers): Precondition | null {
  const tags = headers.get('if-match')
  if (tags === null) return null
  return { requiresDocument: true, check: (current) => requireMatch(tags, current ?? null) }
}

/** If-Match and If-None-Match; null where both are absent. */
export function ifMatchAndNoneMatch(headers: Headers): Precondition | null {
  const excluded = headers.get('if-none-match')
  const matching = ifMatch(headers)
  if (excluded === null) return matching
  return {
    requiresDocument: matching !== null,
    check(current) {
      matching?.check(current)
      if (current !== undefined) requireNoMatch(excluded, current)
    },
  }
}

function requireMatch(tags: string, document: string | null): void {
  if (document !== null && matchesTag(tags, etagOf(document))) return
  throw new AppError(
    'PRECONDITION_FAILED',
    'The document has changed since you read it. Read it again and repeat the change.',
  )
}

/** `*` is any document, also one that the caller may not read. */
function requireNoMatch(tags: string, document: string | null): void {
  if (tags.trim() !== '*' && (document === null || !matchesTag(tags, etagOf(document)))) return
  throw new AppError('PRECONDITION_FAILED', 'A matching document already exists, and If-None-Match excludes it.')
}
