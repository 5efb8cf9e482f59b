import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Chart } from '../../kit/chart/chart'
import { ListTable } from '../../kit/list-table'
import { sizeText } from '../../kit/quantities'
import { ErrorState, Skeleton } from '../../kit/states'
import { useMay, useSession } from '../../session/session-context'

/** Of those that are drawn; the table has all. */
const DRAWN = 10

/** What each collection takes in the file. Counting goes through all of it: it is done when the page is opened. */
export function CollectionSizes() {
  const { admin } = useSession()
  const mayRead = useMay('schema:read')
  const { data, error, refetch } = useQuery({
    queryKey: ['schema', 'usage', 'sizes'],
    queryFn: () => admin.getSchemaUsage(),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: mayRead,
  })
  if (!mayRead) return null
  if (error !== null)
    return <ErrorState what="The sizes could not be read" error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Skeleton className="h-[240px] w-full" />
  if (!data.sizes_known)
    return <p className="text-text-2">The database is too large to count what each collection takes.</p>
  const collections = data.collections.toSorted((a, b) => b.bytes + b.index_bytes - a.bytes - a.index_bytes)
  const drawn = collections.slice(0, DRAWN)
  return (
    <section className="flex flex-col gap-4">
      <Chart
        title="Size by collection"
        isStacked
        format={sizeText}
        x={{ kind: 'text', values: drawn.map(({ name }) => name) }}
        series={[
          { name: 'documents', kind: 'bars', values: drawn.map(({ bytes }) => bytes) },
          { name: 'indexes', kind: 'bars', values: drawn.map(({ index_bytes }) => index_bytes), color: 2 },
        ]}
      />
      <ListTable
        label="Sizes of collections"
        rows={collections}
        keyOf={({ name }) => name}
        columns={[
          {
            name: 'Collection',
            cell: ({ name }) => (
              <Link
                to="/schema/$collection"
                params={{ collection: name }}
                search={{ tab: 'usage' }}
                className="text-link hover:underline"
              >
                {name}
              </Link>
            ),
          },
          { name: 'Documents', isNumber: true, cell: ({ bytes }) => sizeText(bytes) },
          { name: 'Indexes', isNumber: true, cell: ({ index_bytes }) => sizeText(index_bytes) },
        ]}
      />
    </section>
  )
}
