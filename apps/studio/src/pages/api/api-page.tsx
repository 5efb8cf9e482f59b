import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CodeBlock } from '../../kit/code-block'
import { CopyField } from '../../kit/copy-field'
import { Page } from '../../kit/page'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { useSession } from '../../session/session-context'

/** Where the API is, and what is in it. */
export function ApiPage() {
  const { admin } = useSession()
  const { data, error, refetch } = useQuery({ queryKey: ['collections'], queryFn: () => admin.listCollections() })
  const { origin } = location
  return (
    <Page title="API" actions={<Documents />}>
      <section className="flex flex-col gap-2">
        <h2 className="text-title font-semibold">Address</h2>
        <CopyField label="Address of the API" text={`${origin}/api`} />
      </section>
      <section className="flex flex-col gap-2">
        <h2 className="text-title font-semibold">Collections</h2>
        {error !== null && (
          <ErrorState what="The collections could not be read" error={error} onRetry={() => void refetch()} />
        )}
        {data === undefined && error === null && <Skeleton className="h-[160px] w-full" />}
        {data?.collections.length === 0 && <EmptyState title="There are no collections yet" />}
        {data !== undefined && (
          <ul className="divide-y divide-line rounded-panel border border-line">
            {data.collections.map(({ name, description }) => (
              <li key={name} className="flex flex-wrap items-baseline gap-x-4 px-3 py-2">
                <Link
                  to="/api/$collection"
                  params={{ collection: name }}
                  className="min-w-0 font-medium break-words text-link hover:underline"
                >
                  {name}
                </Link>
                <code className="font-mono text-code break-all text-text-2">/api/collections/{name}</code>
                {description !== null && <p className="w-full text-text-2 wrap-anywhere">{description}</p>}
              </li>
            ))}
          </ul>
        )}
      </section>
      <section className="flex flex-col gap-2">
        <h2 className="text-title font-semibold">Typed clients</h2>
        <p className="text-text-2">Of this schema, in the folder of the project:</p>
        <CodeBlock label="How clients are made" text="koyalite generate --lang typescript,go,python" />
      </section>
    </Page>
  )
}

/** The whole reference. It is for programs, and on pages of its own. */
export function Documents() {
  return (
    <span className="flex gap-4">
      <a href="/api/docs" target="_blank" rel="noreferrer" className="text-link hover:underline">
        Reference
      </a>
      <a href="/api/openapi.json" target="_blank" rel="noreferrer" className="text-link hover:underline">
        OpenAPI
      </a>
    </span>
  )
}
