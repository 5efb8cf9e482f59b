import { admin } from '@koyalite/access'
import { type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import { WEBHOOKS_AREA } from '../admin-areas'
import { endpointChange, newEndpoint } from '../operations/endpoint-input'
import { replaySince, testEndpoint } from '../operations/manage-deliveries'
import {
  createEndpoint,
  disable,
  enable,
  removeEndpoint,
  requireEndpoint,
  rotateSecret,
  updateEndpoint,
} from '../operations/manage-endpoints'
import type { WebhooksContext } from '../webhooks-context'
import { attemptView, endpointView, endpointWithSecret, viewAttempt, viewEndpoint } from './views'

/** Endpoints of webhooks, of the settings and those made here. */
export function endpointRoutes(context: WebhooksContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/webhooks',
      name: 'listWebhooks',
      summary: 'List endpoints of webhooks, with how sending to them goes',
      access: admin(WEBHOOKS_AREA, 'read'),
      responses: { 200: z.object({ endpoints: z.array(endpointView) }) },
      handle: ({ actor }) => ({
        endpoints: context.endpoints.list().map((endpoint) => viewEndpoint(context, endpoint, actor)),
      }),
    }),
    route({
      method: 'POST',
      path: '/api/admin/webhooks',
      name: 'createWebhook',
      summary: 'Create an endpoint of webhooks; its secret is shown only once',
      access: admin(WEBHOOKS_AREA, 'write'),
      body: newEndpoint,
      responses: { 201: endpointWithSecret },
      async handle(call) {
        const { endpoint, secret } = await createEndpoint(context, call, call.body)
        return { ...viewEndpoint(context, endpoint, call.actor), secret }
      },
    }),
    route({
      method: 'GET',
      path: '/api/admin/webhooks/:name',
      name: 'getWebhook',
      summary: 'Get an endpoint of webhooks',
      access: admin(WEBHOOKS_AREA, 'read'),
      responses: { 200: endpointView },
      handle: ({ params, actor }) => viewEndpoint(context, requireEndpoint(context, params.name), actor),
    }),
    route({
      method: 'PATCH',
      path: '/api/admin/webhooks/:name',
      name: 'updateWebhook',
      summary: 'Change an endpoint of webhooks',
      access: admin(WEBHOOKS_AREA, 'write'),
      body: endpointChange,
      responses: { 200: endpointView },
      async handle({ params, body, ...call }) {
        const endpoint = await updateEndpoint(context, { ...call, name: params.name }, body)
        return viewEndpoint(context, endpoint, call.actor)
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/webhooks/:name',
      name: 'deleteWebhook',
      summary: 'Delete an endpoint of webhooks, with its deliveries',
      access: admin(WEBHOOKS_AREA, 'write'),
      responses: { 204: null },
      handle: ({ params, ...call }) => removeEndpoint(context, { ...call, name: params.name }),
    }),
    route({
      method: 'POST',
      path: '/api/admin/webhooks/:name/rotate',
      name: 'rotateWebhookSecret',
      summary: 'Make another secret; the one before it signs too for 24 hours, unless it is revoked',
      access: admin(WEBHOOKS_AREA, 'write'),
      body: z.strictObject({ revoke: z.boolean().default(false).describe('The old secret no longer signs.') }),
      responses: { 200: z.object({ secret: z.string() }) },
      handle: async ({ params, body, ...call }) => ({
        secret: await rotateSecret(context, { ...call, name: params.name, revoke: body.revoke }),
      }),
    }),
    route({
      method: 'POST',
      path: '/api/admin/webhooks/:name/test',
      name: 'testWebhook',
      summary: 'Send an event of the type webhook.test once, and say what came of it',
      access: admin(WEBHOOKS_AREA, 'write'),
      responses: { 200: attemptView },
      handle: async ({ params, actor, request }) =>
        viewAttempt(await testEndpoint(context, { actor, request, name: params.name }, request.signal)),
    }),
    route({
      method: 'POST',
      path: '/api/admin/webhooks/:name/enable',
      name: 'enableWebhook',
      summary: 'Take and send events again; one without a secret gets one',
      access: admin(WEBHOOKS_AREA, 'write'),
      responses: { 200: endpointWithSecret },
      async handle({ params, ...call }) {
        const { endpoint, secret } = await enable(context, { ...call, name: params.name })
        return { ...viewEndpoint(context, endpoint, call.actor), secret }
      },
    }),
    route({
      method: 'POST',
      path: '/api/admin/webhooks/:name/disable',
      name: 'disableWebhook',
      summary: 'Take and send no events',
      access: admin(WEBHOOKS_AREA, 'write'),
      responses: { 200: endpointView },
      handle: async ({ params, ...call }) =>
        viewEndpoint(context, await disable(context, { ...call, name: params.name }), call.actor),
    }),
    route({
      method: 'POST',
      path: '/api/admin/webhooks/:name/replay',
      name: 'replayWebhook',
      summary: 'Deliver again what happened since a time, as far back as the change log reaches',
      access: admin(WEBHOOKS_AREA, 'write'),
      body: z.strictObject({ from: z.iso.datetime({ offset: true }) }),
      responses: { 200: z.object({ events: z.int() }) },
      handle: async ({ params, body, ...call }) => ({
        events: await replaySince(context, { ...call, name: params.name, from: new Date(body.from) }),
      }),
    }),
  ]
}
