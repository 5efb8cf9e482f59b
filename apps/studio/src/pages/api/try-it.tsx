import { useMutation } from '@tanstack/react-query'
import { ActorPicker } from '../../kit/actor-picker'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { CodeEditor } from '../../kit/code/code-editor'
import { ErrorState } from '../../kit/states'
import { TextField } from '../../kit/text-field'
import { useSession } from '../../session/session-context'
import type { CallSearch } from './call-search'
import type { CollectionModel } from './snippets/call'

/** Sends the call as somebody: what they get is what their own request would. */
export function TryIt({
  model,
  search,
  onChange,
}: {
  readonly model: CollectionModel
  readonly search: CallSearch
  readonly onChange: (change: Partial<CallSearch>) => void
}) {
  const session = useSession()
  const { as, key, call = 'list' } = search
  const path = pathOf(model, search)
  const { mutate, data, error, isPending } = useMutation({
    async mutationFn() {
      const started = performance.now()
      const response = await session.fetch(`/api/admin/data/${path}`, { headers: { 'koyalite-as': as ?? 'operator' } })
      const body = await response.text()
      return { path, as, status: response.status, ms: performance.now() - started, body: pretty(body) }
    },
  })
  const isOne = call === 'get'
  return (
    <section aria-labelledby="try" className="flex flex-col gap-3">
      <h2 id="try" className="text-title font-semibold">
        Try it
      </h2>
      <div className="flex flex-wrap items-end gap-2">
        <ActorPicker
          label="As"
          value={as ?? 'operator'}
          onChange={(actor) => onChange({ as: actor === 'operator' ? undefined : actor })}
        />
        {isOne && (
          <TextField
            label={model.key}
            value={key ?? ''}
            onChange={({ target }) => onChange({ key: target.value || undefined })}
            className="w-[240px]"
          />
        )}
        <Button
          kind="primary"
          isBusy={isPending}
          reason={isOne && key === undefined ? 'Give the key of a document first.' : null}
          onClick={() => mutate()}
        >
          Send
        </Button>
      </div>
      <p className="text-sm text-text-3">
        <code className="font-mono break-all">
          GET {location.origin}/api/{path}
        </code>
      </p>
      {error !== null && <ErrorState what="It could not be sent" error={error} />}
      {data !== undefined && (
        <>
          <p role="status" className="flex items-center gap-2">
            <Badge kind={data.status < 300 ? 'success' : 'danger'}>{data.status}</Badge>
            <span className="text-text-2">{Math.round(data.ms)} ms</span>
            {(data.path !== path || data.as !== as) && (
              <span className="text-text-3">of the call as it was before</span>
            )}
          </p>
          <CodeEditor label="Response" language="json" value={data.body} height="content" />
        </>
      )}
    </section>
  )
}

/** Below `/api/`, with its query. */
function pathOf(
  { name }: CollectionModel,
  { call = 'list', filter = [], where, params, sort, key = '' }: CallSearch,
): string {
  const collection = `collections/${name}`
  if (call === 'get') return `${collection}/~${encodeURIComponent(key)}`
  const query = new URLSearchParams(filter.map((one): [string, string] => ['filter', one]))
  if (where !== undefined) query.set('where', where)
  if (where !== undefined && params !== undefined) query.set('params', params)
  if (sort !== undefined) query.set('sort', sort)
  query.set('limit', '20')
  return `${collection}?${query}`
}

/** More than this is cut: a response is to be looked at, not worked with. */
const MAX_SHOWN = 200_000

function pretty(body: string): string {
  if (body.length > MAX_SHOWN) return `${body.slice(0, MAX_SHOWN)}…`
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
