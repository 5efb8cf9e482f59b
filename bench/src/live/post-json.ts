import type { Json } from '../wires/wire'

/** Posts to a server on this machine and returns its response; throws if that is not a success. */
export async function postJson(url: string, body: unknown, token: string | undefined): Promise<Json> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status} to ${url}: ${text.slice(0, 200)}`)
  return text === '' ? null : JSON.parse(text)
}
