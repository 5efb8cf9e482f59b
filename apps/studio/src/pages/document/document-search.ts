import type { DocumentRef } from '../../fields/documents'

export const DOCUMENT_TABS = ['fields', 'json', 'links', 'history', 'access'] as const
export type DocumentTab = (typeof DOCUMENT_TABS)[number]

/** What the address says of documents that are open beside a list. */
export interface DocumentSearch {
  /** The key of the document in the panel. */
  readonly doc?: string | undefined
  /** Documents that were opened from there, each over the one before: `authors/0192…`. */
  readonly over?: readonly string[] | undefined
  readonly tab?: DocumentTab | undefined
  /** A new document; `of=` the key of the one that it is a copy of. */
  readonly new?: true | undefined
  readonly of?: string | undefined
}

/** Three panels at most stand over each other. */
const MOST_OVER = 2

/** What is no such value is left out. */
export function readDocumentSearch({
  doc,
  over,
  tab,
  new: isNew,
  of,
}: Readonly<Record<string, unknown>>): DocumentSearch {
  // The router reads what looks like a number as one.
  const key = textOf(doc)
  const source = textOf(of)
  const stack = Array.isArray(over)
    ? over.filter((one): one is string => typeof one === 'string' && refOf(one) !== null)
    : []
  return {
    ...(key !== undefined && { doc: key }),
    ...(stack.length > 0 && { over: stack.slice(-MOST_OVER) }),
    ...(isTab(tab) && { tab }),
    ...(isNew === true && { new: true as const }),
    ...(source !== undefined && { of: source }),
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined
}

export function isTab(value: unknown): value is DocumentTab {
  return DOCUMENT_TABS.some((tab) => tab === value)
}

export function refOf(text: string): DocumentRef | null {
  const slash = text.indexOf('/')
  return slash > 0 ? { collection: text.slice(0, slash), key: text.slice(slash + 1) } : null
}
