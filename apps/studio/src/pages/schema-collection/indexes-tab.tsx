import { type Collection, type SchemaEdit, suggestIndex } from '@koyalite/schema'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { ListTable } from '../../kit/list-table'
import { durationText, sizeText } from '../../kit/quantities'
import { SelectField } from '../../kit/select-field'
import { TextField } from '../../kit/text-field'
import { indexedFields } from '../schema/index-count'
import { nameProblem } from '../schema/name-problem'
import { useSchema } from '../schema/schema-context'
import { addEdit } from '../schema/schema-draft'
import { useUsage } from '../schema/use-usage'

/** The indexes of a collection, those that lists miss, and a form for another one. */
export function IndexesTab({ collection }: { readonly collection: Collection }) {
  const { model, change, reason } = useSchema()
  const { add } = useSearch({ from: '/shell/schema/$collection' })
  const navigate = useNavigate({ from: '/schema/$collection' })
  const usage = useUsage().data?.collections.find(({ name }) => name === collection.name)
  const sizes = new Map(usage?.indexes.map((index) => [index.name, index]))
  const edit = (one: SchemaEdit) => change((draft) => ({ ...draft, edits: addEdit(draft.edits, one) }))
  const isCovered = (fields: readonly string[]) =>
    collection.indexes.some((index) => fields.every((field, i) => index.fields[i] === field))
  const suggestions = usage?.suggestions.filter(({ fields }) => !isCovered(fields)) ?? []
  const ofFields = indexedFields(collection)
  if (model === null) return null
  return (
    <div className="flex flex-col gap-6">
      {suggestions.length > 0 && (
        <section aria-label="Missing indexes" className="flex flex-col gap-2">
          <h2 className="text-title font-semibold">Missing</h2>
          {suggestions.map(({ fields, name, shape, mean_ms }) => (
            <div
              key={name}
              className="flex flex-wrap items-center gap-3 rounded-panel bg-warning-soft px-3 py-2 text-warning-text"
            >
              <span className="min-w-0 flex-1">
                <code className="font-mono text-code break-all">{shape}</code> takes {durationText(mean_ms)} on average
                and would be faster with an index on {fields.join(', ')}.
              </span>
              <Button
                reason={reason}
                onClick={() =>
                  edit({ type: 'set_index', collection: collection.name, index: name, value: { name, fields } })
                }
              >
                Add index on {fields.join(', ')}
              </Button>
            </div>
          ))}
        </section>
      )}
      {collection.indexes.length + ofFields.length > 0 ? (
        <ListTable
          label={`Indexes of ${collection.name}`}
          rows={[
            ...ofFields.map((field) => ({
              ...{ name: field.name, fields: [field.name], unique: field.unique, order: 'asc', isOfField: true },
              usage: usage?.indexes.find((one) => one.fields.length === 1 && one.fields[0] === field.name),
            })),
            ...collection.indexes.map((index) => ({ ...index, isOfField: false, usage: sizes.get(index.name) })),
          ]}
          keyOf={({ name, isOfField }) => `${isOfField} ${name}`}
          columns={[
            {
              name: 'Index',
              cell: ({ name, isOfField }) =>
                isOfField ? <span className="text-text-2">of the field {name}</span> : <span>{name}</span>,
            },
            { name: 'Fields', cell: ({ fields }) => fields.join(', ') },
            {
              name: 'Kind',
              cell: ({ unique, order }) =>
                [unique && 'unique', order === 'desc' && 'descending'].filter(Boolean).join(', '),
            },
            {
              name: 'Size',
              isNumber: true,
              cell: (row) => (row.usage?.bytes == null ? '–' : sizeText(row.usage.bytes)),
            },
            { name: 'Used', cell: (row) => <UseBadge use={row.usage?.use} /> },
            {
              name: 'Actions',
              cell: ({ name, isOfField }) => (
                <Button
                  kind="quiet"
                  reason={reason}
                  onClick={() =>
                    edit(
                      isOfField
                        ? {
                            type: 'set_field',
                            collection: collection.name,
                            field: name,
                            options: { index: null, unique: null },
                          }
                        : { type: 'drop_index', collection: collection.name, index: name },
                    )
                  }
                >
                  Drop
                </Button>
              ),
            },
          ]}
        />
      ) : (
        <p className="text-text-2">
          No indexes but the key’s. An index makes lists that filter or sort by its fields fast, and writes a little
          slower.
        </p>
      )}
      <NewIndex
        key={add ?? ''}
        collection={collection}
        given={add?.split(',').filter((field) => collection.fields.has(field)) ?? []}
        nameFor={(fields) => (fields.length === 0 ? '' : nameIn(suggestIndex(model, collection, fields).line))}
        onAdd={(index) => {
          edit({ type: 'set_index', collection: collection.name, index: index.name, value: { ...index } })
          void navigate({ search: { tab: 'indexes' }, replace: true })
        }}
      />
    </div>
  )
}

const USES = {
  lists: ['success', 'by lists'],
  constraint: ['plain', 'keeps values unique'],
  reference: ['plain', 'by a reference'],
  none_seen: ['warning', 'not since the start'],
} as const

export function UseBadge({ use }: { readonly use: keyof typeof USES | undefined }) {
  if (use === undefined) return '–'
  const [kind, text] = USES[use]
  return <Badge kind={kind}>{text}</Badge>
}

interface NewIndexProps {
  readonly collection: Collection
  readonly given: readonly string[]
  nameFor(fields: readonly string[]): string
  onAdd(index: {
    readonly name: string
    readonly fields: readonly string[]
    readonly unique?: true
    readonly order?: 'desc'
  }): void
}

function NewIndex({ collection, given, nameFor, onAdd }: NewIndexProps) {
  const { reason } = useSchema()
  const [fields, setFields] = useState(given)
  const [own, setOwn] = useState<string | null>(null)
  const [isUnique, setUnique] = useState(false)
  const [order, setOrder] = useState('asc')
  const name = own ?? nameFor(fields)
  const taken = collection.indexes.map((index) => index.name)
  const problem = fields.length === 0 ? null : nameProblem(name, taken, 'index')
  const left = [...collection.fields.values()].filter(
    ({ name: field, type }) => type !== 'json' && !fields.includes(field),
  )
  return (
    <section aria-label="Add an index" className="flex flex-col gap-3 rounded-panel border border-line p-4">
      <h2 className="text-title font-semibold">Add an index</h2>
      <div className="flex flex-wrap items-center gap-2">
        {fields.map((field, i) => (
          <Button key={field} title={`Remove ${field}`} onClick={() => setFields(fields.toSpliced(i, 1))}>
            {i + 1}. {field} ✕
          </Button>
        ))}
        <select
          aria-label="Field of the index"
          value=""
          disabled={reason !== null}
          onChange={({ target }) => setFields([...fields, target.value])}
          className="h-8 rounded-control border border-control bg-canvas px-2.5 max-sm:h-10"
        >
          <option value="" disabled>
            {fields.length === 0 ? 'Choose a field' : 'And then by'}
          </option>
          {left.map((field) => (
            <option key={field.name} value={field.name}>
              {field.name}
            </option>
          ))}
        </select>
      </div>
      {fields.length > 0 && (
        <div className="grid grid-cols-3 items-end gap-4 max-sm:grid-cols-1">
          <TextField
            label="Name"
            value={name}
            error={problem ?? undefined}
            onChange={({ target }) => setOwn(target.value)}
          />
          <SelectField
            label="Order"
            value={order}
            options={[
              { value: 'asc', text: 'ascending' },
              { value: 'desc', text: 'descending' },
            ]}
            onChange={({ target }) => setOrder(target.value)}
          />
          <label className="flex h-8 items-center gap-2">
            <input type="checkbox" checked={isUnique} onChange={({ target }) => setUnique(target.checked)} />
            Unique
          </label>
        </div>
      )}
      <div>
        <Button
          kind="primary"
          reason={reason ?? (fields.length === 0 ? 'Choose a field first.' : problem)}
          onClick={() => {
            onAdd({ name, fields, ...(isUnique && { unique: true }), ...(order === 'desc' && { order: 'desc' }) })
            setFields([])
            setOwn(null)
          }}
        >
          Add index
        </Button>
      </div>
    </section>
  )
}

function nameIn(line: string): string {
  return /name: (\w+)/.exec(line)?.[1] ?? ''
}
