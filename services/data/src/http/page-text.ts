import { etagOf } from '@koyalite/kernel'
import type { DocumentPage } from '../operations/list-documents'

/** `{"docs":[…],"etags":[…],"total":…,"next_cursor":…}` */
export function pageText({ docs, wholes, total, nextCursor }: Omit<DocumentPage, 'seq' | 'resume'>): string {
  const etags = wholes === null ? '' : `,"etags":${JSON.stringify(wholes.map(etagOf))}`
  const counted = total === null ? '' : `,"total":${total}`
  const cursor = nextCursor === null ? 'null' : `"${nextCursor}"`
  return `{"docs":[${docs.join(',')}]${etags}${counted},"next_cursor":${cursor}}`
}
