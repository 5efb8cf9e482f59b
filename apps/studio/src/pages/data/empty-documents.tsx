import type { DataSearch } from '../../documents/data-search'
import { type CollectionInfo, isRequired } from '../../fields/field'
import { Button } from '../../kit/button'
import { Snippet } from '../../kit/snippet'
import { EmptyState } from '../../kit/states'

export interface EmptyDocumentsProps {
  readonly collection: CollectionInfo
  readonly search: DataSearch
  readonly documents: number | null
  readonly isFiltered: boolean
  go(search: DataSearch): void
}

/** No document to show: because there is none, because none matches, or because rules hide them. */
export function EmptyDocuments({ collection, search, documents, isFiltered, go }: EmptyDocumentsProps) {
  if (isFiltered)
    return (
      <Fill>
        <EmptyState title={`0 of ${documents?.toLocaleString('en') ?? 'all'} match`}>
          <Button onClick={() => go({ ...search, filter: undefined, where: undefined, q: undefined })}>
            Clear filter
          </Button>
        </EmptyState>
      </Fill>
    )
  if (search.as !== undefined)
    return (
      <Fill>
        <EmptyState title="Nothing is visible">
          <p>
            The rules of {collection.name} show no document to whom you view it as. How many they hide stands below.
          </p>
          <Button onClick={() => go({ ...search, as: undefined })}>View as yourself</Button>
        </EmptyState>
      </Fill>
    )
  return (
    <Fill>
      <EmptyState title={`${collection.name} has no documents yet`}>
        <p>Add one here by New document, paste rows of a spreadsheet, or send one to the API:</p>
        <Snippet
          label="a new document"
          text={`curl -H "Authorization: Bearer $KEY" \\\n  --json '${JSON.stringify(example(collection))}' \\\n  ${location.origin}/api/collections/${collection.name}`}
        />
      </EmptyState>
    </Fill>
  )
}

function Fill({ children }: { readonly children: React.ReactNode }) {
  return <div className="min-h-0 flex-1 overflow-auto">{children}</div>
}

/** The fields that a document needs. */
function example({ fields }: CollectionInfo): Readonly<Record<string, unknown>> {
  const needed = fields.filter((field) => isRequired(field) && !field.internal)
  return Object.fromEntries(
    needed.slice(0, 6).map(({ name, type, enum: choices }) => [name, choices?.values[0] ?? EXAMPLES[type]]),
  )
}

const EXAMPLES: Readonly<Record<CollectionInfo['fields'][number]['type'], unknown>> = {
  uuid: '0197030e-0000-7000-8000-000000000002',
  string: 'A text',
  text: 'A text',
  int: 1,
  float: 1.5,
  bool: true,
  timestamp: '2026-11-29T17:05:14Z',
  date: '2026-11-29',
  json: {},
  blob: '',
}
