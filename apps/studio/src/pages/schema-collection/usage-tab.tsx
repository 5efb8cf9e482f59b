import type { Collection } from '@koyalite/schema'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ListTable } from '../../kit/list-table'
import { sizeText } from '../../kit/quantities'
import { ErrorState, Skeleton } from '../../kit/states'
import { useSchema } from '../schema/schema-context'
import { useUsage } from '../schema/use-usage'
import { UseBadge } from './indexes-tab'

/** How large a collection is, what refers to it, and which of its indexes are used. */
export function UsageTab({ collection }: { readonly collection: Collection }) {
  const { model, collections } = useSchema()
  const { data, error, refetch } = useUsage()
  if (error !== null)
    return <ErrorState what="The usage could not be read" error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Skeleton className="h-[200px] w-full" />
  const usage = data.collections.find(({ name }) => name === collection.name)
  const documents = collections.find(({ name }) => name === collection.name)?.documents ?? null
  const referring = [...(model?.collections.values() ?? [])].flatMap((other) =>
    [...other.fields.values()]
      .filter(({ references }) => references?.collection === collection.name)
      .map((field) => ({ collection: other.name, field })),
  )
  if (usage === undefined) return <p className="text-text-2">The collection is not applied yet.</p>
  return (
    <div className="flex flex-col gap-6">
      <dl className="grid grid-cols-4 gap-4 max-sm:grid-cols-2">
        <Figure name="Documents" value={documents === null ? '–' : documents.toLocaleString('en')} />
        <Figure name="Documents, on disk" value={sizeText(usage.bytes)} />
        <Figure name="Indexes, on disk" value={sizeText(usage.index_bytes)} />
        <Figure
          name="Per document"
          value={documents === null || documents === 0 ? '–' : sizeText(usage.bytes / documents)}
        />
      </dl>
      {usage.indexes.length > 0 && (
        <ListTable
          label={`Use of the indexes of ${collection.name}`}
          rows={usage.indexes}
          keyOf={({ name }) => name}
          columns={[
            { name: 'Index', cell: ({ name }) => name },
            { name: 'Fields', cell: ({ fields }) => fields.join(', ') },
            { name: 'Size', isNumber: true, cell: ({ bytes }) => sizeText(bytes) },
            { name: 'Used', cell: ({ use }) => <UseBadge use={use} /> },
          ]}
        />
      )}
      <p className="text-text-2">
        {data.lists.toLocaleString('en')} kinds of lists were looked at since the server started or the schema changed.
      </p>
      {referring.length > 0 && (
        <section aria-label="References to it" className="flex flex-col gap-2">
          <h2 className="text-title font-semibold">References to it</h2>
          <ul className="flex flex-col gap-1">
            {referring.map(({ collection: name, field }) => (
              <li key={`${name}.${field.name}`}>
                <Link
                  to="/schema/$collection"
                  params={{ collection: name }}
                  search={{ field: field.name }}
                  className="text-link underline"
                >
                  {name}.{field.name}
                </Link>{' '}
                <span className="text-text-3">on delete {field.references?.onDelete}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

function Figure({ name, value }: { readonly name: string; readonly value: ReactNode }) {
  return (
    <div className="flex flex-col gap-1 rounded-panel border border-line p-3">
      <dt className="text-sm text-text-2">{name}</dt>
      <dd className="text-title font-semibold">{value}</dd>
    </div>
  )
}
