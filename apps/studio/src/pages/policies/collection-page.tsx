import { useQuery } from '@tanstack/react-query'
import { Link, linkOptions, useParams } from '@tanstack/react-router'
import { ListBeside } from '../../kit/list-beside'
import { SideList } from '../../kit/side-list'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { useSession } from '../../session/session-context'
import { CollectionRules } from './collection-rules'
import { collectionOf, policyParam } from './operations'

/** The rules of one collection: read, changed, checked while they are written, and applied with their plan. */
export function CollectionPage() {
  const { admin } = useSession()
  const { collection: param } = useParams({ from: '/shell/policies/$collection' })
  const name = collectionOf(param)
  const { data, error, refetch } = useQuery({ queryKey: ['collections'], queryFn: () => admin.listCollections() })
  const model = data?.collections.find((one) => one.name === name)
  return (
    <ListBeside
      label="Collections"
      list={(close) => (
        <SideList
          what="collections"
          onOpen={close}
          entries={data?.collections.map((one) => ({
            key: one.name,
            name: one.name,
            isCurrent: one.name === name,
            link: linkOptions({ to: '/policies/$collection', params: { collection: policyParam(one.name) } }),
          }))}
        />
      )}
    >
      {error !== null && <ErrorState what="The rules could not be read" error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton className="m-6 h-[320px] w-[min(680px,90%)]" />}
      {data !== undefined && model === undefined && (
        <EmptyState title={`There is no collection “${name}”`}>
          <Link to="/policies" className="text-link underline">
            All collections
          </Link>
        </EmptyState>
      )}
      {data !== undefined && model !== undefined && <CollectionRules key={name} model={model} schema={data} />}
    </ListBeside>
  )
}
