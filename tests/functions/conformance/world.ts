import { type Api, type ApiResponse, createApi, expectStatus, type TestServer } from '@koyalite/testkit'

/** What a behaviour is asked of: a server with the functions of one runtime, in one isolation. */
export interface World {
  readonly server: TestServer
  readonly isolation: 'process' | 'sandbox' | 'container'
  /** Where `probe` may connect to, and where it may not. */
  readonly hosts: { readonly allowed: string; readonly other: string }
}

interface LogLine {
  readonly level: string
  readonly message: string
  readonly fields?: unknown
}

interface ExecutionView {
  readonly status: string
  readonly isolation: string
  readonly error: { readonly code: string; readonly message: string; readonly stack?: string } | null
  readonly logs: readonly LogLine[]
}

export function call({ server }: World, name: string, input: unknown = {}, api: Api = server.anonymous) {
  return api.post(`/api/functions/${name}`, input)
}

/** What `probe` does. */
export function probe(world: World, action: string, input: object = {}, api?: Api): Promise<ApiResponse> {
  return call(world, 'probe', { do: action, ...input }, api)
}

/** What it returns. */
export async function outcome(...args: Parameters<typeof probe>) {
  return expectStatus(await probe(...args), 200).body
}

export async function executionOf({ server }: World, response: ApiResponse): Promise<ExecutionView> {
  const id = response.headers.get('koyalite-execution')
  return expectStatus(await server.api.get(`/api/admin/functions/executions/${id}`), 200).body
}

export function messages({ logs }: ExecutionView): readonly string[] {
  return logs.map(({ message }) => message)
}

/** Somebody who has just registered. */
export async function someUser({ server }: World): Promise<Api & { readonly email: string }> {
  const email = `${crypto.randomUUID()}@example.com`
  const given = { email, password: 'correct horse battery' }
  const { body } = expectStatus(await server.anonymous.post('/api/auth/register', given), 201)
  return { ...createApi(server.process.url, body.access_token), email }
}
