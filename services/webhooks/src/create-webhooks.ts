import {
  type AuditTrail,
  auditedActor,
  type Mailer,
  type ProjectEvent,
  type ProjectEvents,
  SYSTEM,
  type Tx,
  type WebhookHealth,
} from '@koyalite/contracts'
import {
  type Callers,
  createOutbound,
  every,
  type Log,
  type Metrics,
  type Outbound,
  type OutboundOptions,
  type Route,
  type SecretBox,
  type Tasks,
  whenDue,
} from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { Sender } from './delivery/sender'
import { createSubscribers } from './delivery/subscribers'
import { takeEvent } from './delivery/take-event'
import { disabledMail } from './disabled-mail'
import { endpointHealth } from './endpoint-health'
import type { DisabledReason } from './endpoints/endpoint'
import { openSecrets, settingsSecrets } from './endpoints/endpoint-secrets'
import { createEndpointSet } from './endpoints/endpoint-set'
import { createDeliveryNews } from './http/delivery-news'
import { deliveryRoutes } from './http/delivery-routes'
import { endpointRoutes } from './http/endpoint-routes'
import { pruneDeliveries } from './prune-deliveries'
import { reportDoubts } from './report-doubts'
import { findDelivery } from './store/deliveries'
import { disableEndpoint, findEndpointRow, insertEndpoint, listEndpointRows } from './store/endpoint-rows'
import { webhookMetrics } from './webhook-metrics'
import type { WebhooksContext } from './webhooks-context'
import type { WebhooksSettings } from './webhooks-settings'

export interface LoadedWebhooks {
  readonly schema: Schema
  readonly settings: WebhooksSettings
}

export interface WebhooksOptions {
  readonly database: Database
  readonly loaded: LoadedWebhooks
  readonly events: ProjectEvents
  readonly audit: AuditTrail
  readonly callers: Callers
  readonly mail: Mailer
  /** Whom to write to when an endpoint is disabled. */
  readonly adminEmails: () => readonly string[]
  readonly secrets: SecretBox
  readonly tasks: Pick<Tasks, 'add'>
  readonly metrics: Pick<Metrics, 'register'>
  readonly log: Log
  readonly mode: 'dev' | 'start'
  /** Milliseconds since 1970. */
  readonly now?: () => number
  readonly random?: () => number
  readonly timeoutMs?: number
  readonly resolve?: OutboundOptions['resolve']
}

/** It lives as long as the database is open, over every reload. */
export interface Webhooks {
  readonly routes: readonly Route[]
  /** Takes events from now on, from where it stopped. */
  start(): Promise<void>
  use(loaded: LoadedWebhooks): void
  health(): readonly WebhookHealth[]
  stats(): object
  close(): Promise<void>
}

const PRUNE_EVERY_MS = 3_600_000

/** Events to addresses that operators have chosen: deliveries in the database, and what sends them. SPEC.md. */
export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { database, events: projectEvents, audit, secrets, tasks, log, now = Date.now, random = Math.random } = options
  let { loaded } = options
  const webhooks = () => loaded.settings.webhooks
  const outbound: Outbound = createOutbound(
    () => ({ allow: webhooks().allow, allowsLoopback: options.mode === 'dev', httpsOnly: options.mode === 'start' }),
    { setting: 'webhooks.allow', ...(options.resolve && { resolve: options.resolve }) },
  )
  const endpoints = createEndpointSet({ database, schema: () => loaded.schema, settings: () => webhooks().endpoints })
  const secretsOf = (name: string) => {
    const written = webhooks().endpoints.find((one) => one.name === name)
    if (written !== undefined) return settingsSecrets(written.secret)
    return openSecrets(secrets, name, { stored: findEndpointRow(database, name)?.secrets ?? [], now: now() })
  }
  const news = createDeliveryNews()
  const counts = { delivered: 0, failed: 0 }
  /** A server runs: commands neither take nor send anything. */
  let isStarted = false
  let isRescheduling = false
  const sender = new Sender({
    ...{ database, endpoints, outbound, secretsOf, log, now, random, disable },
    ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
    onAttempt({ id }, isSuccess) {
      counts[isSuccess ? 'delivered' : 'failed']++
      const delivery = news.isFollowed ? findDelivery(database, id) : null
      if (delivery !== null) news.publish(delivery)
    },
    onChange() {
      // Once for all that changes in this turn.
      if (isRescheduling) return
      isRescheduling = true
      setImmediate(() => {
        isRescheduling = false
        sending.reschedule()
      })
    },
  })
  const sending = tasks.add({
    name: 'webhooks.deliver',
    summary: 'Sends events to the endpoints of webhooks',
    // What was due at the start is found by the first run.
    schedule: whenDue(() => (hasRun ? sender.nextDue() : 0)),
    async run() {
      hasRun = true
      if (isStarted) sender.wakeAll()
      return undefined
    },
  })
  let hasRun = false
  tasks.add({
    name: 'webhooks.prune',
    summary: 'Removes deliveries of webhooks that are over for longer than webhooks.keep',
    schedule: every(PRUNE_EVERY_MS, { atStart: true }),
    run: async (signal) =>
      `${await pruneDeliveries(database, { before: now() - webhooks().keep, signal })} deliveries removed`,
  })
  const take = (tx: Tx, name: string, event: ProjectEvent) =>
    takeEvent(tx, name, {
      event,
      context: {
        ...{ endpoints, schema: () => loaded.schema, maxWaiting: () => webhooks().max_waiting, log, now },
        wake: (endpoint) => sender.wake(endpoint),
      },
    })
  const subscribers = createSubscribers({ endpoints, projectEvents, take })

  async function endpointsChanged(): Promise<void> {
    endpoints.changed()
    if (!isStarted) return
    await subscribers.follow()
    sender.wakeAll()
  }

  function disable(tx: Tx, name: string, reason: DisabledReason): void {
    if (!disableEndpoint(tx, name, { reason, at: now() })) return
    audit.record(tx, {
      ...{ event: 'webhook.disabled', outcome: 'success', ...auditedActor(SYSTEM) },
      ...{ target: { kind: 'webhook', id: name }, details: { reason } },
    })
    for (const to of options.adminEmails()) options.mail.queue(tx, { to, template: disabledMail(name, reason) })
    log.error({ webhook: name, reason }, 'a webhook was disabled: events are no longer sent to it')
    // Later: it may be what is being delivered to that disables it.
    tx.afterCommit(() => void setImmediate(() => changedLater()))
  }

  function changedLater(): void {
    endpointsChanged().catch((error) => log.error({ err: error }, 'could not follow events for webhooks'))
  }

  /** Those of the settings have a row for how they fare. */
  async function serve(): Promise<void> {
    const known = new Set(listEndpointRows(database).map(({ name }) => name))
    const missing = webhooks().endpoints.filter(({ name }) => !known.has(name))
    if (missing.length > 0)
      await database.write((tx) => {
        for (const { name } of missing) insertEndpoint(tx, { name, config: null, secrets: [], createdAt: now() })
      })
    await endpointsChanged()
    reportDoubts(endpoints.list(), { schema: loaded.schema, projectEvents, log })
  }

  const context: WebhooksContext = {
    ...{ database, endpoints, projectEvents, audit, outbound, secrets, sender, news, log, now },
    callers: options.callers,
    ...{ schema: () => loaded.schema, secretsOf, endpointsChanged, take },
  }
  subscribers.register()
  const unregister = options.metrics.register(...webhookMetrics({ endpoints, database, counts, now }))
  return {
    routes: [...deliveryRoutes(context), ...endpointRoutes(context)],
    start() {
      isStarted = true
      return serve()
    },
    use(next) {
      loaded = next
      if (!isStarted) return
      serve().catch((error) => log.error({ err: error }, 'could not serve the endpoints of webhooks'))
    },
    health: () =>
      endpoints.list().map((endpoint) => endpointHealth(endpoint, { database, schema: loaded.schema, projectEvents })),
    stats: () => ({ ...counts, sending: sender.atOnce }),
    async close() {
      unregister()
      await subscribers.close()
      await sender.close()
    },
  }
}
