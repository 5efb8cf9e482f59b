import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Badge } from '../../kit/badge'
import { PartTabs } from '../../kit/part-tabs'
import { EmptyState } from '../../kit/states'
import { useSchema } from '../schema/schema-context'
import { COLLECTION_TABS, type CollectionTab } from '../schema/schema-search'
import { CollectionActions } from './collection-actions'
import { FieldsTab } from './fields-tab'
import { IndexesTab } from './indexes-tab'
import { RulesTab } from './rules-tab'
import { UsageTab } from './usage-tab'

const NAMES: Readonly<Record<CollectionTab, string>> = {
  fields: 'Fields',
  indexes: 'Indexes',
  rules: 'Rules',
  usage: 'Usage',
}

/** One collection as schema.yaml has it, with what is not applied yet. */
export function CollectionPage() {
  const { collection: name } = useParams({ from: '/shell/schema/$collection' })
  const { tab = 'fields' } = useSearch({ from: '/shell/schema/$collection' })
  const navigate = useNavigate({ from: '/schema/$collection' })
  const { model, collections, problems } = useSchema()
  const collection = model?.collections.get(name)
  if (model === null) {
    const [first] = problems
    return (
      <EmptyState title="schema.yaml has errors">
        <p>
          {first === undefined ? 'It cannot be read.' : `Line ${first.line}: ${first.message}.`} The server goes on with
          the schema of before; forms come back once the file is right.
        </p>
        <Link
          to="/schema/yaml"
          search={first === undefined ? {} : { line: first.line }}
          className="text-link underline"
        >
          Open the YAML
        </Link>
      </EmptyState>
    )
  }
  if (collection === undefined) {
    return (
      <EmptyState title={`There is no collection ${name}`}>
        <p>It may have another name by now, or be dropped.</p>
        <Link to="/schema" className="text-link underline">
          All collections
        </Link>
      </EmptyState>
    )
  }
  const served = collections.find((one) => one.name === name)
  return (
    <div className="flex min-h-full flex-col">
      <div className="flex flex-wrap items-center gap-3 px-6 pt-5 pb-3 max-sm:px-4">
        <h1 className="min-w-0 truncate text-title font-semibold">{name}</h1>
        {served === undefined && <Badge kind="warning">not applied</Badge>}
        {served?.documents != null && (
          <span className="text-text-2">
            {served.documents.toLocaleString('en')} {served.documents === 1 ? 'document' : 'documents'}
          </span>
        )}
        <span className="flex-1" />
        <CollectionActions collection={collection} isServed={served !== undefined} />
      </div>
      <PartTabs
        label={`Parts of ${name}`}
        tabs={COLLECTION_TABS}
        names={NAMES}
        tab={tab}
        onTab={(next) => void navigate({ search: next === 'fields' ? {} : { tab: next } })}
        within="page"
      >
        {tab === 'fields' && <FieldsTab key={name} collection={collection} />}
        {tab === 'indexes' && <IndexesTab key={name} collection={collection} />}
        {tab === 'rules' && <RulesTab key={name} collection={collection} />}
        {tab === 'usage' && <UsageTab key={name} collection={collection} />}
      </PartTabs>
    </div>
  )
}
