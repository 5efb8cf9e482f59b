import { useQuery } from '@tanstack/react-query'
import { Link, linkOptions, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { classNames } from '../../kit/class-names'
import { CodeBlock } from '../../kit/code-block'
import { ListBeside } from '../../kit/list-beside'
import { SideList } from '../../kit/side-list'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { useSession } from '../../session/session-context'
import { Documents } from './api-page'
import { CALLS, type CallKind, type CallSearch, LANGUAGES, type Language } from './call-search'
import { FieldReference } from './field-reference'
import { RouteReference } from './route-reference'
import type { Call } from './snippets/call'
import { snippetOf } from './snippets/snippet-of'
import { TryIt } from './try-it'
import { ViewFields } from './view-fields'

/** How a collection is called: the call for the view of the data that one comes from, and what else there is. */
export function CollectionApiPage() {
  const { admin } = useSession()
  const { collection: name } = useParams({ from: '/shell/api/$collection' })
  const search = useSearch({ from: '/shell/api/$collection' })
  const { data, error, refetch } = useQuery({ queryKey: ['collections'], queryFn: () => admin.listCollections() })
  const model = data?.collections.find((one) => one.name === name)
  return (
    <ListBeside
      label="Collections"
      list={(close) => (
        <SideList
          what="collections"
          onOpen={close}
          entries={data?.collections.map((one) => ({
            key: one.name,
            name: one.name,
            isCurrent: one.name === name,
            link: linkOptions({
              to: '/api/$collection',
              params: { collection: one.name },
              search: { lang: search.lang },
            }),
          }))}
        />
      )}
    >
      {error !== null && (
        <ErrorState what="The collections could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton className="m-6 h-[320px] w-[min(680px,90%)]" />}
      {data !== undefined && model === undefined && (
        <EmptyState title={`There is no collection “${name}”`}>
          <Link to="/api" className="text-link underline">
            All collections
          </Link>
        </EmptyState>
      )}
      {data !== undefined && model !== undefined && (
        <CollectionApi
          key={name}
          model={model}
          names={data.client_names[name] ?? { collection: name, document: name }}
        />
      )}
    </ListBeside>
  )
}

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  curl: 'curl',
  typescript: 'TypeScript',
  go: 'Go',
  python: 'Python',
}

const CALL_NAMES: Readonly<Record<CallKind, string>> = {
  list: 'List',
  get: 'Read one',
  create: 'Create',
  update: 'Update',
  delete: 'Delete',
  live: 'Live list',
  'sign-in': 'Sign in',
}

function CollectionApi({ model, names }: Pick<Call, 'model' | 'names'>) {
  const search = useSearch({ from: '/shell/api/$collection' })
  const navigate = useNavigate({ from: '/api/$collection' })
  const set = (change: Partial<CallSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  const { lang = 'curl', call = 'list' } = search
  const shown = callOf({ model, names }, search)
  const isList = call === 'list' || call === 'live'
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <div className="flex max-w-page flex-col gap-6 p-6 max-sm:p-4">
        <header className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <h1 className="text-title font-semibold break-all">{model.name}</h1>
          <span className="flex-1" />
          <Documents />
        </header>
        <section aria-label="Call" className="flex flex-col gap-3">
          <div className="flex flex-wrap gap-2">
            <Choice
              label="Language"
              names={LANGUAGE_NAMES}
              options={LANGUAGES}
              value={lang}
              onChange={(one) => set({ lang: one })}
            />
            <Choice
              label="Call"
              names={CALL_NAMES}
              options={CALLS}
              value={call}
              onChange={(one) => set({ call: one })}
            />
          </div>
          {isList && <ViewFields search={search} onChange={set} />}
          <CodeBlock label={`${CALL_NAMES[call]} in ${LANGUAGE_NAMES[lang]}`} text={snippetOf(lang, shown)} />
          {lang !== 'curl' && (
            <p className="text-sm text-text-3">
              With the client that <code className="font-mono">koyalite generate --lang {lang}</code> writes.
            </p>
          )}
        </section>
        {(call === 'list' || call === 'get') && <TryIt model={model} search={search} onChange={set} />}
        <RouteReference model={model} />
        <FieldReference model={model} />
      </div>
    </div>
  )
}

function callOf(
  of: Pick<Call, 'model' | 'names'>,
  { call = 'list', where, params, filter = [], sort, key, as }: CallSearch,
): Call {
  return {
    kind: call,
    url: location.origin,
    ...of,
    where: where ?? null,
    params: where === undefined || params === undefined ? [] : (JSON.parse(params) as readonly unknown[]),
    filter,
    sort: sort?.split(',').filter((one) => one !== '') ?? [],
    key: key ?? null,
    hasToken: call !== 'sign-in' && as !== 'anonymous',
  }
}

function Choice<Value extends string>({
  label,
  names,
  options,
  value,
  onChange,
}: {
  readonly label: string
  readonly names: Readonly<Record<Value, string>>
  readonly options: readonly Value[]
  readonly value: Value
  readonly onChange: (value: Value) => void
}) {
  return (
    <fieldset className="flex max-w-full flex-wrap rounded-control border border-control p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option}
          className={classNames(
            'inline-flex h-6.5 cursor-pointer items-center rounded-mark px-2.5 text-text-2 hover:bg-sunken max-sm:h-8.5',
            'has-checked:bg-accent-soft has-checked:font-medium has-checked:text-link has-focus-visible:outline-2 has-focus-visible:outline-focus',
          )}
        >
          <input
            type="radio"
            name={label}
            value={option}
            checked={option === value}
            onChange={() => onChange(option)}
            className="sr-only"
          />
          {names[option]}
        </label>
      ))}
    </fieldset>
  )
}
