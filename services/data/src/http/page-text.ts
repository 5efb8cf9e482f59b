import type { DocumentPage } from '../operations/list-documents'

/** `{"docs":[…],"total":…,"next_cursor":…}` */
export function pageText({ docs, total, nextCursor }: DocumentPage): string {
  const counted = total === null ? '' : `,"total":${total}`
  const cursor = nextCursor === null ? 'null' : `"${nextCursor}"`
  return `{"docs":[${docs.join(',')}]${counted},"next_cursor":${cursor}}`
}
