import { admin } from '@koyalite/access'
import { liveResponse, pageOf, type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import { WEBHOOKS_AREA } from '../admin-areas'
import { replayDelivery, requireDelivery, skipDelivery } from '../operations/manage-deliveries'
import { requireEndpoint } from '../operations/manage-endpoints'
import { listDeliveries } from '../store/deliveries'
import type { WebhooksContext } from '../webhooks-context'
import { allDeliveries, deliveries, deliveryDetail, deliveryView, viewDelivery, viewDeliveryDetail } from './views'

/** What was sent to an endpoint, and what waits. */
export function deliveryRoutes(context: WebhooksContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/webhooks/:name/deliveries',
      name: 'listWebhookDeliveries',
      summary: 'List deliveries to an endpoint, newest first',
      access: admin(WEBHOOKS_AREA, 'read'),
      query: deliveries.query,
      responses: { 200: deliveries.response },
      handle: ({ params, query }) => deliveryPage(context, [requireEndpoint(context, params.name).name], query),
    }),
    route({
      method: 'GET',
      path: '/api/admin/webhook-deliveries',
      name: 'listAllWebhookDeliveries',
      summary: 'List deliveries to all endpoints, newest first',
      access: admin(WEBHOOKS_AREA, 'read'),
      query: allDeliveries.query,
      responses: { 200: allDeliveries.response },
      handle({ query: { endpoint, ...query } }) {
        const names = context.endpoints.list().map(({ name }) => name)
        const chosen = endpoint === undefined ? names : names.filter((name) => name === endpoint)
        return deliveryPage(context, chosen, query)
      },
    }),
    route({
      method: 'GET',
      path: '/api/admin/webhooks/:name/deliveries/live',
      name: 'followWebhookDeliveries',
      summary: 'Follow deliveries to an endpoint as server-sent events, one after each attempt',
      access: admin(WEBHOOKS_AREA, 'read'),
      responses: { 200: { mediaType: 'text/event-stream' } },
      handle({ params, actor }) {
        const { name } = requireEndpoint(context, params.name)
        return liveResponse({
          ...{ actor, callers: context.callers, access: admin(WEBHOOKS_AREA, 'read') },
          greeting: 'deliveries follow',
          follow: (send) =>
            context.news.follow((delivery) => {
              if (delivery.endpoint === name) send(viewDelivery(context, delivery))
            }),
        })
      },
    }),
    route({
      method: 'GET',
      path: '/api/admin/webhooks/:name/deliveries/:id',
      name: 'getWebhookDelivery',
      summary: 'Get a delivery with what is sent, and what waits behind it',
      access: admin(WEBHOOKS_AREA, 'read'),
      responses: { 200: deliveryDetail },
      handle: ({ params, actor }) =>
        viewDeliveryDetail(context, requireDelivery(context, params.name, params.id), actor),
    }),
    route({
      method: 'POST',
      path: '/api/admin/webhooks/:name/deliveries/:id/replay',
      name: 'replayWebhookDelivery',
      summary: 'Send a delivery once more, with the same bytes',
      access: admin(WEBHOOKS_AREA, 'write'),
      body: z.strictObject({
        new_id: z
          .boolean()
          .default(false)
          .describe('Receivers that drop ids which they have seen take it for a new event.'),
      }),
      responses: { 201: deliveryView },
      handle: async ({ params, body, ...call }) =>
        viewDelivery(context, await replayDelivery(context, { ...call, ...params, newId: body.new_id })),
    }),
    route({
      method: 'POST',
      path: '/api/admin/webhooks/:name/deliveries/:id/skip',
      name: 'skipWebhookDelivery',
      summary: 'Give up a delivery that waits, so that those behind it go',
      access: admin(WEBHOOKS_AREA, 'write'),
      responses: { 200: deliveryView },
      handle: async ({ params, ...call }) => viewDelivery(context, await skipDelivery(context, { ...call, ...params })),
    }),
  ]
}

function deliveryPage(
  context: WebhooksContext,
  endpoints: readonly string[],
  query: z.output<typeof deliveries.query>,
): z.output<typeof deliveries.response> {
  const { limit, cursor } = query
  const filter = { endpoints, state: query.state ?? null, event: query.event ?? null }
  const before = cursor !== undefined && /^\d{1,15}$/.test(cursor) ? Number(cursor) : Number.MAX_SAFE_INTEGER
  const found = listDeliveries(context.database, { ...filter, before, limit: limit + 1 })
  const { page, next_cursor } = pageOf(found, limit, ({ id }) => String(id))
  return { deliveries: page.map((delivery) => viewDelivery(context, delivery)), next_cursor }
}
