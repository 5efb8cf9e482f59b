import { allowsAdmin } from '@koyalite/access'
import type { Actor } from '@koyalite/contracts'
import { paginated } from '@koyalite/kernel'
import { z } from 'zod'
import { WEBHOOKS_AREA } from '../admin-areas'
import { type Attempt, DELIVERY_STATES, type Delivery } from '../delivery/delivery'
import { requestHeaders } from '../delivery/send-message'
import { endpointProblems, fieldRuleWarning } from '../endpoints/check-endpoint'
import type { Endpoint } from '../endpoints/endpoint'
import { withoutPath } from '../operations/endpoint-input'
import { countBehind, firstOf, oldestWaiting } from '../store/deliveries'
import { findEndpointRow } from '../store/endpoint-rows'
import type { WebhooksContext } from '../webhooks-context'

const time = z.iso.datetime().nullable()

export const endpointView = z.object({
  name: z.string(),
  source: z.enum(['settings', 'api']).describe('settings: it is in koyalite.yaml, and changed there.'),
  url: z.string().describe('Without its path for those who may not change it.'),
  events: z.array(z.string()),
  when: z.string().nullable(),
  fields: z.array(z.string()).nullable(),
  order: z.enum(['document', 'none']),
  payload: z.enum(['full', 'thin']),
  enabled: z.boolean(),
  disabled_at: time,
  disabled_reason: z
    .enum(['operator', 'gone', 'failing', 'copy'])
    .nullable()
    .describe(
      'gone: it answered 410. failing: no success for 5 days. copy: the database is a copy of another project.',
    ),
  failing_since: time.describe('No attempt has succeeded since.'),
  last_success_at: time,
  waiting: z.int().describe('Events that are neither delivered nor given up.'),
  oldest_waiting_at: time,
  skipped: z.int().describe('Events that were not sent since `when` failed on them.'),
  dropped: z.int().describe('Events that were dropped because too many were waiting: replay them from dropped_since.'),
  dropped_since: time,
  problems: z.array(z.string()).describe('What does not fit the schema.'),
  warnings: z.array(z.string()),
  created_at: z.iso.datetime(),
})

export const endpointWithSecret = endpointView.extend({
  secret: z.string().nullable().describe('Shown once: whsec_ and 32 bytes in base64.'),
})

export const attemptView = z.object({
  at: z.iso.datetime(),
  ok: z.boolean(),
  status: z.int().nullable().describe('Null where there was no answer.'),
  ms: z.int(),
  error: z.string().nullable(),
})

export const deliveryView = z.object({
  id: z.string(),
  endpoint: z.string(),
  message_id: z.string().describe('The header webhook-id.'),
  event: z.string(),
  document: z.string().nullable().describe('Whose events keep their order.'),
  state: z
    .enum(DELIVERY_STATES)
    .describe(
      'blocked: behind an earlier event of its document. held: it waited in a copy or a backup; a replay sends it.',
    ),
  sending: z.boolean(),
  attempts: z.array(attemptView),
  next_attempt_at: time,
  created_at: z.iso.datetime(),
  finished_at: time,
  replay_of: z.string().nullable(),
})

export const deliveryDetail = deliveryView.extend({
  blocked_by: z.string().nullable().describe('The delivery that it waits for.'),
  behind: z.int().describe('How many wait for it, up to 1000.'),
  body: z.string().nullable().describe('What is sent; null for those who may not change webhooks.'),
  bytes: z.int().describe('Of the body.'),
  url: z.string().nullable().describe('Where it is sent to now, without its path for those who may not change it.'),
  headers: z
    .record(z.string(), z.string())
    .describe('Besides webhook-timestamp and webhook-signature, which each attempt has its own of.'),
})

const FILTER = {
  state: z.enum(DELIVERY_STATES).optional(),
  event: z.string().max(200).optional().describe('Its type, like posts.created.'),
}

export const deliveries = paginated('deliveries', deliveryView, FILTER)
export const allDeliveries = paginated('deliveries', deliveryView, {
  ...FILTER,
  endpoint: z.string().max(100).optional(),
})

const MAX_BEHIND = 1000

/** An address may have a secret in it: only those who could change it see all of it. */
export function viewEndpoint(
  context: WebhooksContext,
  endpoint: Endpoint,
  actor: Actor,
): z.output<typeof endpointView> {
  const { database, projectEvents } = context
  const { name, source, url, events, when, fields, order, payload } = endpoint
  const schema = context.schema()
  const warning = fieldRuleWarning(endpoint, schema)
  return {
    ...{ name, source, events: [...events], when, fields: fields && [...fields], order, payload },
    url: allowsAdmin(actor, WEBHOOKS_AREA, 'write') ? url : withoutPath(url),
    enabled: endpoint.disabledAt === null,
    disabled_at: iso(endpoint.disabledAt),
    disabled_reason: endpoint.disabledReason,
    failing_since: iso(endpoint.failingSince),
    last_success_at: iso(endpoint.lastSuccessAt),
    waiting: findEndpointRow(database, name)?.waiting ?? 0,
    oldest_waiting_at: iso(oldestWaiting(database, name)),
    skipped: endpoint.skipped,
    dropped: endpoint.dropped,
    dropped_since: iso(endpoint.droppedSince),
    problems: endpointProblems(endpoint, { schema, projectEvents }).map(({ field, message }) => `${field}: ${message}`),
    warnings: warning === null ? [] : [warning],
    created_at: new Date(endpoint.createdAt).toISOString(),
  }
}

export function viewDelivery(
  { sender }: Pick<WebhooksContext, 'sender'>,
  delivery: Delivery,
): z.output<typeof deliveryView> {
  const { id, endpoint, messageId, event, document, state, attempts, nextAt, createdAt, finishedAt, replayOf } =
    delivery
  const sending = state === 'waiting' && sender.isRunning(delivery)
  return {
    ...{ id: String(id), endpoint, message_id: messageId, event, document, state, sending },
    attempts: attempts.map(viewAttempt),
    next_attempt_at: state === 'waiting' && !sending ? iso(nextAt) : null,
    created_at: new Date(createdAt).toISOString(),
    finished_at: iso(finishedAt),
    replay_of: replayOf === null ? null : String(replayOf),
  }
}

export function viewDeliveryDetail(
  context: WebhooksContext,
  delivery: Delivery,
  actor: Actor,
): z.output<typeof deliveryDetail> {
  const { database } = context
  const { id, endpoint, document, state } = delivery
  const first = document === null ? null : firstOf(database, endpoint, document)
  const isFirst = first === id && document !== null
  const isTrusted = allowsAdmin(actor, WEBHOOKS_AREA, 'write')
  const sentTo = context.endpoints.find(endpoint)
  return {
    ...viewDelivery(context, delivery),
    blocked_by: state === 'blocked' && first !== null ? String(first) : null,
    behind: isFirst ? countBehind(database, endpoint, document, MAX_BEHIND) : 0,
    body: isTrusted ? delivery.body : null,
    bytes: Buffer.byteLength(delivery.body),
    url: sentTo && (isTrusted ? sentTo.url : withoutPath(sentTo.url)),
    headers: requestHeaders(delivery.messageId),
  }
}

export function viewAttempt({ at, status, ms, error }: Attempt): z.output<typeof attemptView> {
  return { at: new Date(at).toISOString(), ok: error === null, status, ms, error }
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
