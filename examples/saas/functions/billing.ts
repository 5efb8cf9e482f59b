import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Ctx, FunctionConfig } from '@koyalite/functions'

export const config = {
  access: 'true',
  auth: 'none',
  admin: true,
  route: '/hooks/billing',
  methods: ['POST'],
  max_body: '256kb',
  env: { BILLING_SECRET: '${BILLING_SECRET}' },
} satisfies FunctionConfig

interface BillingEvent {
  readonly id: string
  readonly type: string
  readonly created: number
  readonly data: { readonly team_id: string; readonly amount: number }
}

const TOLERANCE_S = 300

/** What the payment provider calls. Who it is, its signature says: the bytes are checked as they came, before anything is read of them. */
export default async function billing(request: Request, ctx: Ctx): Promise<Response> {
  const body = new Uint8Array(await request.arrayBuffer())
  const signature = request.headers.get('billing-signature') ?? ''
  if (!isSigned(body, signature, ctx.env.BILLING_SECRET ?? '')) {
    ctx.log.warn('a request that the provider has not signed', { ip: ctx.request.ip })
    return Response.json({ error: 'the signature is wrong' }, { status: 400 })
  }
  const event: BillingEvent = JSON.parse(new TextDecoder().decode(body))
  if (event.type !== 'payment.succeeded') return Response.json({ ignored: event.type })
  // Providers send an event again until they know that it has arrived: the payment has the id of its event.
  await ctx.admin.db.payments.upsert(event.id, {
    team_id: event.data.team_id,
    cents: event.data.amount,
    paid_at: new Date(event.created * 1000),
  })
  return Response.json({ stored: event.id })
}

/** `t=1785000000,v1=<hex>`: the HMAC of the time, a dot and the body. */
function isSigned(body: Uint8Array, header: string, secret: string): boolean {
  const parts = new Map(header.split(',').map((part) => part.split('=', 2) as [string, string]))
  const [time = '', given = ''] = [parts.get('t'), parts.get('v1')]
  if (secret === '' || !/^\d{1,12}$/.test(time) || !/^[0-9a-f]{64}$/.test(given)) return false
  if (Math.abs(Date.now() / 1000 - Number(time)) > TOLERANCE_S) return false
  const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest()
  return timingSafeEqual(expected, Buffer.from(given, 'hex'))
}
