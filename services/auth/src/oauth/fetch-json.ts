import { type Configuration, fetchProtectedResource } from 'openid-client'

/** What a provider's API says, as JSON. */
export async function fetchJson(
  configuration: Configuration,
  accessToken: string,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const response = await fetchProtectedResource(
    configuration,
    accessToken,
    new URL(url),
    'GET',
    null,
    new Headers({ accept: 'application/json', ...headers }),
  )
  if (!response.ok) throw new ApiStatusError(new URL(url).pathname, response.status)
  const type = response.headers.get('content-type') ?? ''
  if (!/^application\/(?:[\w.+-]*\+)?json\b/i.test(type)) throw new Error('a response that is not JSON')
  return response.json()
}

/** An API of a provider refuses what its token should allow, or is down. */
export class ApiStatusError extends Error {
  override readonly name = 'ApiStatusError'
  readonly status: number

  constructor(path: string, status: number) {
    super(`${path} responded with ${status}`)
    this.status = status
  }
}
