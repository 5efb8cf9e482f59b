import { Link, useNavigate } from '@tanstack/react-router'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { ListTable } from '../../kit/list-table'
import { Page } from '../../kit/page'
import { sizeText } from '../../kit/quantities'
import { EmptyState } from '../../kit/states'
import { useNewInAddress } from '../../kit/use-new-in-address'
import { useKeys } from '../../shell/keyboard'
import { collectionNames } from './collection-names'
import { indexCount } from './index-count'
import { NewCollectionDialog } from './new-collection-dialog'
import { useSchema } from './schema-context'
import { useUsage } from './use-usage'

/** All collections: how large, how many fields, and what is to be said of them. */
export function CollectionsPage() {
  const schema = useSchema()
  const { model, collections, reason } = schema
  const navigate = useNavigate()
  const usage = useUsage()
  const [isNew, setNew] = useNewInAddress()
  useKeys(reason === null ? { new: () => setNew(true) } : {})
  const served = new Map(collections.map((one) => [one.name, one]))
  const sizes = new Map(usage.data?.collections.map((one) => [one.name, one]))
  const rows = collectionNames(schema).map((name) => ({
    name,
    fields: model?.collections.get(name)?.fields.size ?? served.get(name)?.fields.length ?? 0,
    indexes: indexCount(model?.collections.get(name), served.get(name)),
    isServed: served.has(name),
    documents: served.get(name)?.documents ?? null,
    size: sizes.get(name),
    hasRules: hasRules(schema.model?.collections.get(name)),
  }))
  const newCollection = (
    <Button kind="primary" title="N" reason={reason} onClick={() => setNew(true)}>
      New collection
    </Button>
  )
  const isEmpty = rows.length === 1 && rows[0]?.name === 'users' && rows[0].documents === 0
  return (
    <Page title="Collections" actions={!isEmpty && newCollection}>
      {isEmpty ? (
        <EmptyState title="A collection holds documents of one kind">
          <p>
            Name it and add its fields: schema.yaml is written for you, and the API serves it at once. Users are built
            in.
          </p>
          {newCollection}
        </EmptyState>
      ) : (
        <ListTable
          label="Table of collections"
          rows={rows}
          keyOf={({ name }) => name}
          columns={[
            {
              name: 'Collection',
              cell: ({ name, isServed }) => (
                <span className="flex items-center gap-2">
                  <Link
                    to="/schema/$collection"
                    params={{ collection: name }}
                    className="font-medium text-link hover:underline"
                  >
                    {name}
                  </Link>
                  {!isServed && <Badge kind="warning">not applied</Badge>}
                </span>
              ),
            },
            {
              name: 'Documents',
              isNumber: true,
              cell: ({ documents }) => (documents === null ? '–' : documents.toLocaleString('en')),
            },
            { name: 'Fields', isNumber: true, cell: ({ fields }) => fields },
            { name: 'Indexes', isNumber: true, cell: ({ indexes }) => indexes },
            {
              name: 'Size',
              isNumber: true,
              cell: ({ size }) => (size === undefined ? '–' : sizeText(size.bytes + size.index_bytes)),
            },
            {
              name: 'To look at',
              cell: ({ name, size, hasRules }) => (
                <span className="flex flex-wrap items-center gap-2">
                  {!hasRules && (
                    <Link to="/schema/$collection" params={{ collection: name }} search={{ tab: 'rules' }}>
                      <Badge>no rules: closed</Badge>
                    </Link>
                  )}
                  {size !== undefined && size.suggestions.length > 0 && (
                    <Link to="/schema/$collection" params={{ collection: name }} search={{ tab: 'indexes' }}>
                      <Badge kind="warning">index missing</Badge>
                    </Link>
                  )}
                  {size?.indexes.some(({ use }) => use === 'none_seen') && (
                    <Link to="/schema/$collection" params={{ collection: name }} search={{ tab: 'indexes' }}>
                      <Badge>unused index</Badge>
                    </Link>
                  )}
                </span>
              ),
            },
          ]}
        />
      )}
      {isNew && reason === null && (
        <NewCollectionDialog
          onClose={() => setNew(false)}
          onMade={(name) => void navigate({ to: '/schema/$collection', params: { collection: name } })}
        />
      )}
    </Page>
  )
}

function hasRules(collection: { readonly rules: object; readonly policies: readonly unknown[] } | undefined): boolean {
  return collection === undefined || Object.keys(collection.rules).length > 0 || collection.policies.length > 0
}
