import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useId } from 'react'
import { actorFrom } from '../../kit/actor'
import { ActorPicker } from '../../kit/actor-picker'
import { classNames } from '../../kit/class-names'
import { CodeEditor } from '../../kit/code/code-editor'
import { Page } from '../../kit/page'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { INPUT, TextField } from '../../kit/text-field'
import { useSession } from '../../session/session-context'
import { OPERATIONS, type Operation, policyParam } from './operations'
import type { TesterSearch } from './search'
import { TrialResult } from './trial-result'
import { TypedUserForm } from './typed-user-form'
import { trialOf, useTrial } from './use-trial'

/** Tries an operation as somebody, without effect. All that is asked is in the address. */
export function TesterPage() {
  const { admin } = useSession()
  const search = useSearch({ from: '/shell/policies/test' })
  const navigate = useNavigate({ from: '/policies/test' })
  const set = (change: Partial<TesterSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  const { data: schema, error: schemaError } = useQuery({
    queryKey: ['collections'],
    queryFn: () => admin.listCollections(),
  })
  const { collection, op, actor } = search
  const trial = trialOf(search)
  const { data, error, refetch, isPlaceholderData } = useTrial(trial)
  const typed = typeof actor === 'object' ? actor : undefined
  const model = schema?.collections.find(({ name }) => name === collection)
  return (
    <Page
      title="Tester"
      actions={
        collection !== undefined && (
          <Link
            to="/policies/$collection"
            params={{ collection: policyParam(collection) }}
            className="text-link hover:underline"
          >
            Rules of {collection}
          </Link>
        )
      }
    >
      <div className="grid grid-cols-[minmax(0,400px)_minmax(0,1fr)] gap-6 max-lg:grid-cols-1">
        <form className="flex flex-col gap-4" onSubmit={(event) => event.preventDefault()}>
          <ActorPicker
            label="As"
            value={actorFrom(actor) ?? 'anonymous'}
            typedName={typed === undefined ? undefined : `a user of the role ${typed.role ?? 'user'}`}
            offersOperator={false}
            actsAsUser={false}
            onChange={(next) => set({ actor: next === 'operator' ? 'anonymous' : next })}
            onTyped={() => set({ actor: typed ?? {} })}
          />
          {typed !== undefined && (
            <TypedUserForm user={typed} roles={schema?.roles ?? []} onChange={(next) => set({ actor: next })} />
          )}
          <Operations value={op} onChange={(next) => set({ op: next })} />
          <Select
            label="Collection"
            value={collection ?? ''}
            options={schema?.collections.map(({ name }) => name) ?? []}
            onChange={(name) => set({ collection: name || undefined, key: undefined, document: undefined })}
          />
          {collection !== undefined && op !== undefined && op !== 'create' && (
            <StoredDocument search={search} keyName={model?.key ?? 'id'} error={trial.errors.document} set={set} />
          )}
          {collection !== undefined && (op === 'create' || op === 'update') && (
            <Json
              label={op === 'create' ? 'New document' : 'Changes'}
              value={search.changes ?? ''}
              placeholder={exampleOf(model, op)}
              error={trial.errors.changes}
              onChange={(changes) => set({ changes: changes || undefined })}
            />
          )}
          <p className="text-sm text-text-3">Nothing is kept: what is written is validated, judged and taken back.</p>
        </form>
        <div className={classNames('min-w-0', isPlaceholderData && 'opacity-60')} aria-busy={isPlaceholderData}>
          {schemaError !== null && <ErrorState what="The collections could not be read" error={schemaError} />}
          {error !== null && <ErrorState what="It could not be tried" error={error} onRetry={() => void refetch()} />}
          {error === null && trial.body === null && data === undefined && <Start search={search} />}
          {error === null && data === undefined && trial.body !== null && <Skeleton className="h-[200px] w-full" />}
          {error === null && data !== undefined && <TrialResult result={data} />}
        </div>
      </div>
    </Page>
  )
}

function Start({ search: { collection } }: { readonly search: TesterSearch }) {
  return (
    <EmptyState title="Would it be allowed?">
      <p>
        Choose who asks, an operation{collection === undefined && ', a collection'} and a document. The server says
        whether its rules allow it, which part of them decided, and what it runs as SQL.
      </p>
    </EmptyState>
  )
}

function Operations({
  value,
  onChange,
}: {
  readonly value: Operation | undefined
  readonly onChange: (operation: Operation) => void
}) {
  return (
    <fieldset>
      <legend className="mb-1 font-medium">Operation</legend>
      <div className="inline-flex rounded-control border border-control p-0.5">
        {OPERATIONS.map((operation) => (
          <label
            key={operation}
            className="inline-flex h-6.5 cursor-pointer items-center rounded-mark px-2.5 text-text-2 hover:bg-sunken has-checked:bg-accent-soft has-checked:font-medium has-checked:text-link has-focus-visible:outline-2 has-focus-visible:outline-focus max-sm:h-8.5"
          >
            <input
              type="radio"
              name="operation"
              value={operation}
              checked={value === operation}
              onChange={() => onChange(operation)}
              className="sr-only"
            />
            {operation}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function Select({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly options: readonly string[]
  readonly onChange: (value: string) => void
}) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <select id={id} value={value} onChange={({ target }) => onChange(target.value)} className={INPUT}>
        <option value="">Choose…</option>
        {/* One of an address that is not there any more is still what is asked. */}
        {value !== '' && !options.includes(value) && <option value={value}>{value}</option>}
        {options.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </div>
  )
}

function StoredDocument({
  search: { collection = '', key, document },
  keyName,
  error,
  set,
}: {
  readonly search: TesterSearch
  readonly keyName: string
  readonly error: string | undefined
  readonly set: (change: Partial<TesterSearch>) => void
}) {
  const isWritten = document !== undefined
  const suggestions = useKeys(isWritten ? '' : collection, keyName)
  const list = useId()
  return (
    <div className="flex flex-col gap-2">
      {isWritten ? (
        <Json
          label="Document, as if it was stored"
          value={document}
          placeholder="{}"
          error={error}
          onChange={(text) => set({ document: text })}
        />
      ) : (
        <>
          <TextField
            label={`Document, by its ${keyName}`}
            list={list}
            value={key ?? ''}
            autoComplete="off"
            onChange={({ target }) => set({ key: target.value || undefined })}
          />
          <datalist id={list}>
            {suggestions.map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </>
      )}
      <button
        type="button"
        onClick={() => set(isWritten ? { document: undefined } : { document: '{}', key: undefined })}
        className="self-start text-link hover:underline"
      >
        {isWritten ? 'Take a stored one' : 'Write one that is not stored'}
      </button>
    </div>
  )
}

const MAX_KEYS = 20

/** Some keys to choose from, the last ones of their order. */
function useKeys(collection: string, keyName: string): readonly string[] {
  const session = useSession()
  const { data } = useQuery({
    queryKey: ['documents', collection, 'keys', keyName],
    queryFn: async () => {
      const query = new URLSearchParams({ limit: String(MAX_KEYS), fields: keyName, sort: `-${keyName}` })
      const response = await session.fetch(`/api/admin/data/collections/${encodeURIComponent(collection)}?${query}`)
      if (!response.ok) return []
      const { docs } = (await response.json()) as { docs: readonly Readonly<Record<string, unknown>>[] }
      return docs.map((doc) => String(doc[keyName]))
    },
    enabled: collection !== '',
  })
  return data ?? []
}

function Json({
  label,
  value,
  placeholder,
  error,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly placeholder: string
  readonly error: string | undefined
  readonly onChange: (text: string) => void
}) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <span className="font-medium">{label}</span>
      <CodeEditor
        label={label}
        language="json"
        height="content"
        hasLineNumbers={false}
        value={value}
        onChange={onChange}
        placeholder={placeholder}
        isInvalid={error !== undefined}
        describedBy={error === undefined ? undefined : id}
      />
      {error !== undefined && (
        <p id={id} className="text-sm text-danger-text">
          {error}
        </p>
      )}
    </div>
  )
}

interface Model {
  readonly fields: readonly { readonly name: string; readonly type: string; readonly primary: boolean }[]
}

/** What one could send. */
function exampleOf(model: Model | undefined, operation: Operation): string {
  const field = model?.fields.find(({ primary, type }) => !primary && (type === 'string' || type === 'text'))
  return operation === 'create' || field === undefined ? '{ }' : `{ "${field.name}": "…" }`
}
