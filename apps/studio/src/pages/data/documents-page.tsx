import { getRouteApi } from '@tanstack/react-router'
import { useCollections } from '../../fields/use-collections'
import { ListBeside } from '../../kit/list-beside'
import { EmptyState, ErrorState } from '../../kit/states'
import { CollectionList } from './collection-list'
import { Documents } from './documents'

const route = getRouteApi('/shell/data/$collection')

/** The documents of a collection, with the list of all collections at the left. */
export function DocumentsPage() {
  const { collection: name } = route.useParams()
  const { data, error, refetch } = useCollections()
  const collection = data?.find((one) => one.name === name)
  return (
    <ListBeside
      label="Collections"
      // The bar of documents has the button, once it is known what is shown.
      hasOwnBar={collection !== undefined}
      list={(close) => <CollectionList current={name} onOpen={close} />}
    >
      {error !== null && (
        <ErrorState what="The collections could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data !== undefined && collection === undefined && (
        <EmptyState title={`There is no collection ${name}`}>
          <p>It may have been renamed or dropped. The collections that there are stand at the left.</p>
        </EmptyState>
      )}
      {data !== undefined && collection !== undefined && (
        <Documents key={name} collection={collection} collections={data} />
      )}
    </ListBeside>
  )
}
