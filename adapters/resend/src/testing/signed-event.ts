import { createHmac } from 'node:crypto'

export const SECRET = `whsec_${Buffer.from('a secret of 24 bytes ...').toString('base64')}`

/** A request as Resend makes it. @param event bytes, or what is sent as JSON */
export function signed(
  event: unknown,
  { id = 'msg_1', at = Date.now(), secret = SECRET }: { id?: string; at?: number; secret?: string } = {},
): { readonly body: Uint8Array; readonly headers: Headers } {
  const body = event instanceof Uint8Array ? event : new TextEncoder().encode(JSON.stringify(event))
  const timestamp = String(Math.floor(at / 1000))
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')
  const headers = { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': `v1,${signature}` }
  return { body, headers: new Headers({ ...headers, 'content-type': 'application/json' }) }
}
