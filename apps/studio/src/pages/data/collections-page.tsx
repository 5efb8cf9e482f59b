import { ListBeside } from '../../kit/list-beside'
import { Snippet } from '../../kit/snippet'
import { EmptyState, ErrorState } from '../../kit/states'
import { CollectionList, useCounts } from './collection-list'

/** Nothing is chosen yet. */
export function CollectionsPage() {
  const { data, error, refetch } = useCounts()
  return (
    <ListBeside label="Collections" list={(close) => <CollectionList onOpen={close} />}>
      {error !== null && (
        <ErrorState what="The collections could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data?.length === 0 && <NoCollections />}
      {data !== undefined && data.length > 0 && (
        <EmptyState title="Choose a collection">
          <p>Its documents are shown here: filter and sort them, look closely at one, change them in place.</p>
        </EmptyState>
      )}
    </ListBeside>
  )
}

function NoCollections() {
  return (
    <EmptyState title="There is no collection yet">
      <p>Collections are what schema.yaml says. The first one:</p>
      <Snippet
        label="the first collection"
        text={`version: 1
collections:
  authors:
    fields:
      id: { type: uuid, primary: true, default: auto }
      name: { type: string }`}
      />
    </EmptyState>
  )
}
