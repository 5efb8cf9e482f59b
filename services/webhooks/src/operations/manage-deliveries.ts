import { AppError } from '@koyalite/contracts'
import type { Attempt, Delivery } from '../delivery/delivery'
import { SEND_TIMEOUT_MS, sendMessage } from '../delivery/send-message'
import { findDelivery, finishDelivery, insertDelivery } from '../store/deliveries'
import { clearDropped, takeRoom } from '../store/endpoint-rows'
import { audit, type RequestContext, type WebhooksContext } from '../webhooks-context'
import { requireEndpoint } from './manage-endpoints'

interface OfEndpoint extends RequestContext {
  readonly name: string
}

/** @throws AppError NOT_FOUND */
export function requireDelivery({ database }: Pick<WebhooksContext, 'database'>, name: string, id: string): Delivery {
  const delivery = /^\d{1,15}$/.test(id) ? findDelivery(database, Number(id)) : null
  if (delivery === null || delivery.endpoint !== name)
    throw new AppError('NOT_FOUND', `There is no delivery '${id}' to '${name}', or it is no longer kept.`)
  return delivery
}

/**
 * Sends the same bytes once more, at once and whatever waits. Careful receivers drop an id that they have seen: with `newId` they take it for a new event.
 * @throws AppError NOT_FOUND
 */
export async function replayDelivery(
  context: WebhooksContext,
  call: OfEndpoint & { readonly id: string; readonly newId: boolean },
): Promise<Delivery> {
  const { name, newId } = call
  const { database, now } = context
  const replayed = requireDelivery(context, name, call.id)
  const { value: id } = await database.write((tx) => {
    takeRoom(tx, name, Number.MAX_SAFE_INTEGER)
    const { event, body } = replayed
    const messageId = newId ? `${replayed.messageId}_${Bun.randomUUIDv7().slice(-12)}` : replayed.messageId
    const made = insertDelivery(tx, {
      ...{ endpoint: name, event, body, messageId },
      ...{ document: null, createdAt: now(), replayOf: replayed.id },
    })
    audit(context, tx, {
      ...{ ...call, event: 'webhook.replayed', endpoint: name },
      details: { delivery: replayed.id, new_id: newId },
    })
    tx.afterCommit(() => context.sender.wake(name))
    return made
  })
  return requireDelivery(context, name, String(id))
}

/** Gives up one that waits, so that those behind it go. @throws AppError NOT_FOUND, CONFLICT where it is over */
export async function skipDelivery(
  context: WebhooksContext,
  call: OfEndpoint & { readonly id: string },
): Promise<Delivery> {
  const { name, id } = call
  const { database, now } = context
  const delivery = requireDelivery(context, name, id)
  await database.write((tx) => {
    if (!finishDelivery(tx, delivery, { state: 'skipped', at: now() }))
      throw new AppError('CONFLICT', `The delivery ${id} no longer waits.`)
    audit(context, tx, { ...call, event: 'webhook.skipped', endpoint: name, details: { delivery: delivery.id } })
    tx.afterCommit(() => context.sender.wake(name))
  })
  return requireDelivery(context, name, id)
}

/**
 * Delivers again what happened since a time, as far back as the change log reaches.
 * @throws AppError NOT_FOUND, CONFLICT where it is disabled, and as ProjectEvents.replay
 */
export async function replaySince(
  context: WebhooksContext,
  call: OfEndpoint & { readonly from: Date },
): Promise<number> {
  const { name, from } = call
  const { disabledAt, events: patterns } = requireEndpoint(context, name)
  if (disabledAt !== null)
    throw new AppError('CONFLICT', `'${name}' is disabled: enable it before events are replayed.`)
  // First: what there is no room for is counted again.
  await context.database.write((tx) => clearDropped(tx, name))
  const events = await context.projectEvents.replay({
    ...{ subscriber: subscriberOf(name), from, patterns },
    deliver: (tx, event) => context.take(tx, name, event),
  })
  const details = { from: from.toISOString(), events }
  await context.database.write((tx) =>
    audit(context, tx, { ...call, event: 'webhook.replayed', endpoint: name, details }),
  )
  return events
}

/** Sends an event that is none, once, and says what came of it. It is not kept. */
export async function testEndpoint(context: WebhooksContext, call: OfEndpoint, signal: AbortSignal): Promise<Attempt> {
  const { name } = call
  const { outbound, now, secretsOf } = context
  const { url } = requireEndpoint(context, name)
  const body = JSON.stringify({ type: 'webhook.test', timestamp: new Date(now()).toISOString(), data: {} })
  const id = `${name}_test_${Bun.randomUUIDv7()}`
  const secrets = secretsOf(name)
  if (secrets.length === 0) throw new AppError('CONFLICT', `'${name}' has no secret to sign with: rotate it first.`)
  await context.database.write((tx) => audit(context, tx, { ...call, event: 'webhook.tested', endpoint: name }))
  const result = await sendMessage({ id, url, body, secrets }, { outbound, now, timeoutMs: SEND_TIMEOUT_MS, signal })
  if (result.kind === 'interrupted') throw new AppError('UNAVAILABLE', 'The test was interrupted.')
  return result.attempt
}

/** By this name an endpoint is a subscriber of events: of letters, digits and `_`, another one for each endpoint. */
export function subscriberOf(endpoint: string): string {
  return `webhooks_${endpoint.replaceAll('_', '__').replaceAll('-', '_h')}`
}
