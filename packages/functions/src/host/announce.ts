import type { ThrownText } from './failure-response'
import type { LoadedFunction } from './load-function'
import type { Collections } from './open-part'
import type { ServerFetch } from './server-connection'

const PROTOCOL = 1

interface Announcer {
  readonly server: ServerFetch
  /** KOYALITE_INSTANCE. */
  readonly token: string
  /** As the server shows it. */
  readonly runtime: string
}

/** Says what the function is. Resolves to what the server tells of the schema; rejects where it does not take the instance. */
export async function announceReady(to: Announcer, loaded: LoadedFunction): Promise<Collections | undefined> {
  const { kind, config } = loaded
  const schemas =
    loaded.kind === 'typed'
      ? { input: loaded.definition.input ?? null, output: loaded.definition.output ?? null }
      : { input: null, output: null }
  const response = await announce(to, { kind, config, ...schemas })
  if (!response.ok) throw new Error(await refusal(response))
  const text = await response.text()
  return text === '' ? undefined : (JSON.parse(text) as { readonly collections?: Collections }).collections
}

export async function announceFailure(to: Announcer, { message, stack }: ThrownText): Promise<void> {
  const response = await announce(to, { failed: { message, stack } })
  if (!response.ok) throw new Error(await refusal(response))
}

function announce({ server, token, runtime }: Announcer, what: object): Promise<Response> {
  return server('/internal/v1/ready', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ protocol: PROTOCOL, runtime, ...what }),
  })
}

async function refusal(response: Response): Promise<string> {
  const text = await response.text()
  const said = messageOf(text)
  return response.status === 400
    ? `the server does not speak protocol ${PROTOCOL}, which this host of functions speaks: ${said}`
    : `the server refused this instance (${response.status}): ${said}`
}

function messageOf(text: string): string {
  try {
    return JSON.parse(text).error.message
  } catch {
    return text
  }
}

/** Resolves when the server is gone, or wants the instance to end. */
export async function untilEnd({ server, token }: Pick<Announcer, 'server' | 'token'>): Promise<void> {
  try {
    const response = await server('/internal/v1/alive', {
      method: 'GET',
      headers: { authorization: `Bearer ${token}` },
    })
    for await (const _ of response.body ?? []);
  } catch {
    // A connection that breaks has ended, too.
  }
}
