export const COLLECTION_TABS = ['fields', 'indexes', 'rules', 'usage'] as const
export type CollectionTab = (typeof COLLECTION_TABS)[number]

export interface CollectionSearch {
  readonly tab?: CollectionTab
  /** The field whose form is open. */
  readonly field?: string
  /** Fields of an index to be added, as `title,created_at`. */
  readonly add?: string
}

export function collectionSearch({ tab, field, add }: Record<string, unknown>): CollectionSearch {
  return {
    ...(isTab(tab) && { tab }),
    ...(typeof field === 'string' && { field }),
    ...(typeof add === 'string' && { add }),
  }
}

function isTab(value: unknown): value is CollectionTab {
  return COLLECTION_TABS.some((tab) => tab === value)
}

export interface YamlSearch {
  readonly line?: number
}

export function yamlSearch({ line }: Record<string, unknown>): YamlSearch {
  return typeof line === 'number' && Number.isSafeInteger(line) && line > 0 ? { line } : {}
}
