import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCollections } from '../../fields/use-collections'
import { ZoneSwitch } from '../../fields/zone-switch'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { DocumentActions } from './document-actions'
import { DocumentEditor } from './document-editor'
import { DocumentTitle, titleOf } from './document-title'
import { useDeleteDocument } from './use-delete-document'

/** One document as a page: for links, and for those that are long. */
export function DocumentPage() {
  const { collection: name, key } = useParams({ from: '/shell/data/$collection/$key' })
  const { tab = 'fields' } = useSearch({ from: '/shell/data/$collection/$key' })
  const navigate = useNavigate({ from: '/data/$collection/$key' })
  const remove = useDeleteDocument()
  const { data: collections, error } = useCollections()
  const collection = collections?.find((one) => one.name === name)
  if (error !== null) return <ErrorState what="The collections could not be read" error={error} />
  if (collections === undefined) return <Skeleton className="m-6 h-[240px]" />
  if (collection === undefined)
    return (
      <EmptyState title={`There is no collection ${name}`}>
        <p>It may have been renamed or dropped since the link was made.</p>
      </EmptyState>
    )
  const toList = () => navigate({ to: '/data/$collection', params: { collection: name } })
  return (
    <div className="flex h-full max-w-page flex-col">
      <DocumentEditor
        key={`${name}/${key}`}
        collection={collection}
        documentKey={key}
        tab={tab}
        onTab={(next) => void navigate({ search: next === 'fields' ? {} : { tab: next }, replace: true })}
        header={(document) => (
          <div className="flex flex-wrap items-center gap-2 px-4 pt-4 pb-2">
            <Link to="/data/$collection" params={{ collection: name }} className="text-link hover:underline">
              ← {name}
            </Link>
            <DocumentTitle level={1} collection={collection} documentKey={key} document={document} />
            <ZoneSwitch />
            <DocumentActions
              documentRef={{ collection: name, key }}
              onDuplicate={() =>
                void navigate({
                  to: '/data/$collection',
                  params: { collection: name },
                  search: { new: true, of: key },
                })
              }
              onDelete={() => {
                const title = `${name} ${titleOf({ collection, documentKey: key, document })}`
                void remove({ collection: name, key }, title).then((isDone) => (isDone ? toList() : undefined))
              }}
            />
          </div>
        )}
      />
    </div>
  )
}
