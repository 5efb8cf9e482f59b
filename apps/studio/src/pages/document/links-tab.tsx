import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { listDocuments, type StoredDocument } from '../../fields/documents'
import { type JsonObject, printExact } from '../../fields/exact-json'
import type { CollectionInfo, FieldInfo } from '../../fields/field'
import { referenceTo } from '../../fields/references'
import { useCollections } from '../../fields/use-collections'
import { ErrorState, Skeleton } from '../../kit/states'
import { useSession } from '../../session/session-context'

interface LinksTabProps {
  readonly collection: CollectionInfo
  readonly document: StoredDocument
}

/** Which documents it refers to, and how many refer to it. */
export function LinksTab({ collection, document }: LinksTabProps) {
  const { data: collections, error } = useCollections()
  if (error !== null) return <ErrorState what="The collections could not be read" error={error} />
  if (collections === undefined) return <Skeleton className="h-20 w-full" />
  const out = collection.fields.filter(({ references, internal }) => references !== null && !internal)
  const into = collections.flatMap((other) =>
    other.fields
      .filter((field) => field.references?.collection === collection.name && !field.internal)
      .map((field) => ({ other, field })),
  )
  return (
    <div className="flex flex-col gap-5">
      <section aria-labelledby="links-in" className="flex flex-col gap-1">
        <h2 id="links-in" className="font-semibold">
          Refer to it
        </h2>
        {into.length === 0 && <p className="text-text-2">No collection has a reference to {collection.name}.</p>}
        <ul>
          {into.map(({ other, field }) => (
            <BackReference
              key={`${other.name}.${field.name}`}
              other={other}
              field={field}
              value={document.values[field.references?.field ?? collection.key]}
            />
          ))}
        </ul>
      </section>
      <section aria-labelledby="links-out" className="flex flex-col gap-1">
        <h2 id="links-out" className="font-semibold">
          It refers to
        </h2>
        {out.length === 0 && <p className="text-text-2">{collection.name} has no references.</p>}
        <ul>
          {out.map((field) => (
            <Forward key={field.name} field={field} document={document} collections={collections} />
          ))}
        </ul>
      </section>
    </div>
  )
}

const ROW = 'flex min-h-8 items-baseline gap-3 border-b border-line py-1.5'

interface BackReferenceProps {
  readonly other: CollectionInfo
  readonly field: FieldInfo
  readonly value: JsonObject[string] | undefined
}

function BackReference({ other, field, value }: BackReferenceProps) {
  const session = useSession()
  const text = typeof value === 'string' ? value : printExact(value ?? null)
  const condition = `{${JSON.stringify(field.name)}:{"$eq":${printExact(value ?? null)}}}`
  const { data, error } = useQuery({
    queryKey: ['documents', other.name, 'count', condition],
    queryFn: () =>
      listDocuments(session, other.name, { filter: condition, count: 'true', limit: '1', fields: other.key }),
  })
  const total = data?.total
  return (
    <li className={ROW}>
      <Link
        to="/data/$collection"
        params={{ collection: other.name }}
        search={{ filter: [`${field.name}:is:${text}`] }}
        className="text-link hover:underline"
      >
        {other.name}
      </Link>
      <span className="text-sm text-text-3">by {field.name}</span>
      <span className="flex-1" />
      {error !== null ? (
        <span className="text-sm text-danger-text">not counted: {error.message}</span>
      ) : (
        <span className="text-right">{total?.toLocaleString('en') ?? '…'}</span>
      )}
    </li>
  )
}

interface ForwardProps {
  readonly field: FieldInfo
  readonly document: StoredDocument
  readonly collections: readonly CollectionInfo[]
}

function Forward({ field, document, collections }: ForwardProps) {
  const session = useSession()
  const value = document.values[field.name]
  const text = typeof value === 'string' ? value : printExact(value ?? null)
  const target = collections.find(({ name }) => name === field.references?.collection)
  const { data } = useQuery({
    queryKey: ['reference', target?.name, field.references?.field, text],
    queryFn: () => referenceTo(session, { target, field: field.references?.field ?? '' }, text),
    enabled: value !== null && value !== undefined,
  })
  return (
    <li className={ROW}>
      <span className="text-text-2">{field.name}</span>
      <span className="flex-1" />
      {value === null || value === undefined ? (
        <em className="text-text-3">null</em>
      ) : data != null && target !== undefined ? (
        <Link
          to="/data/$collection/$key"
          params={{ collection: target.name, key: data.key }}
          className="min-w-0 truncate text-link hover:underline"
        >
          {data.label ?? data.key}
        </Link>
      ) : (
        <span className="min-w-0 truncate font-mono text-code">
          {text} {data === null && <span className="text-danger-text">not found</span>}
        </span>
      )}
    </li>
  )
}
