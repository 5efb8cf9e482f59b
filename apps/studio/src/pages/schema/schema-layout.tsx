import { Outlet, useRouterState } from '@tanstack/react-router'
import { ListBeside } from '../../kit/list-beside'
import { ErrorState, Skeleton } from '../../kit/states'
import { CollectionList } from './collection-list'
import { DraftBar } from './draft-bar'
import { SchemaProvider } from './schema-context'

/** The pages of the schema: the collections beside them, and what is not applied yet below. */
export function SchemaLayout() {
  return (
    <SchemaProvider
      fallback={(error, retry) =>
        error === null ? (
          <div className="flex flex-col gap-4 p-6">
            <Skeleton className="h-8 w-[240px]" />
            <Skeleton className="h-[320px] w-full" />
          </div>
        ) : (
          <ErrorState what="The schema could not be read" error={error} onRetry={retry} />
        )
      }
    >
      <SchemaPages />
    </SchemaProvider>
  )
}

/** The diagram, the text and the plan have the whole width. */
function SchemaPages() {
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const page = <Outlet />
  const isWide = /^\/schema\/(diagram|yaml|plan|migrations)/.test(path)
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="min-h-0 flex-1 overflow-auto">
        {isWide ? (
          page
        ) : (
          <ListBeside label="Collections" list={(close) => <CollectionList onChoose={close} />}>
            <div className="min-h-0 flex-1 overflow-auto">{page}</div>
          </ListBeside>
        )}
      </div>
      <DraftBar />
    </div>
  )
}
