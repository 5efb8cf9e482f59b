import { createHmac, timingSafeEqual } from 'node:crypto'

/** Headers as a `Request` has them, or as an object by lower-case name. */
export type WebhookHeaders = Headers | { readonly [name: string]: string | readonly string[] | undefined }

export interface VerifyWebhookOptions {
  /** How far the clocks of sender and receiver may differ, in seconds, both ways. @default 300 */
  readonly tolerance?: number
  /** @default now */
  readonly now?: Date
}

const TOLERANCE_S = 300

/**
 * Whether a request is a webhook that was signed with a secret of yours, by Standard Webhooks (https://www.standardwebhooks.com). False for everything
 * else, whatever is wrong with it; it never throws. Verify before you parse, and remember `webhook-id`: an event may come more than once.
 *
 * ```ts
 * const body = new Uint8Array(await request.arrayBuffer())
 * if (!verifyWebhook(body, request.headers, ctx.env.SHOP_SECRET)) return new Response(null, { status: 401 })
 * ```
 *
 * @param body the bytes as they came: what was parsed and printed again is something else
 * @param secret `whsec_…`; several while it is rotated
 */
export function verifyWebhook(
  body: Uint8Array | ArrayBuffer | string,
  headers: WebhookHeaders,
  secret: string | readonly string[] | undefined,
  options: VerifyWebhookOptions = {},
): boolean {
  try {
    const { tolerance = TOLERANCE_S, now = new Date() } = options
    const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) =>
      headerOf(headers, `webhook-${name}`),
    )
    if (!id || !timestamp || !signatures || !/^\d{1,12}$/.test(timestamp)) return false
    // Written so that what is not a number is false.
    if (!(Math.abs(now.getTime() / 1000 - Number(timestamp)) <= tolerance)) return false
    const bytes = typeof body === 'string' ? Buffer.from(body) : new Uint8Array(body)
    const given = signatures.split(' ').map((one) => Buffer.from(one))
    const keys = [secret ?? []].flat().map(keyOf)
    return keys.some((key) => {
      if (key === null) return false
      const signed = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(bytes).digest('base64')
      const expected = Buffer.from(`v1,${signed}`)
      return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected))
    })
  } catch {
    // Of values that no type allows, from code without types.
    return false
  }
}

function headerOf(headers: WebhookHeaders, name: string): string | undefined {
  const value = headers instanceof Headers ? headers.get(name) : headers[name]
  return typeof value === 'string' ? value : undefined
}

/** Null for what is not base64, or nothing: an empty key would accept what anybody signs. */
function keyOf(secret: string): Uint8Array | null {
  const text = secret.replace(/^whsec_/, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.replace(/=+$/, '').length % 4 === 1) return null
  return new Uint8Array(Buffer.from(text, 'base64'))
}
