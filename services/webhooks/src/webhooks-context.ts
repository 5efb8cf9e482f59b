import {
  type Actor,
  type AuditEvent,
  type AuditTrail,
  auditedActor,
  type ProjectEvent,
  type ProjectEvents,
  type Tx,
} from '@koyalite/contracts'
import type { ApiRequest, Callers, Log, Outbound, SecretBox } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import type { Sender } from './delivery/sender'
import type { EndpointSet } from './endpoints/endpoint-set'
import type { DeliveryNews } from './http/delivery-news'

/** What the operations share. */
export interface WebhooksContext {
  readonly database: Database
  readonly endpoints: EndpointSet
  readonly projectEvents: ProjectEvents
  readonly audit: AuditTrail
  readonly callers: Callers
  readonly outbound: Outbound
  readonly secrets: SecretBox
  readonly sender: Sender
  readonly news: DeliveryNews
  readonly log: Pick<Log, 'warn' | 'error'>
  readonly schema: () => Schema
  readonly now: () => number
  /** What signs for an endpoint now. */
  readonly secretsOf: (endpoint: string) => readonly string[]
  /** To be called after a commit: there is another endpoint, or one asks for other events. Resolves when it gets all of them from then on. */
  readonly endpointsChanged: () => Promise<void>
  /** Takes an event for an endpoint, as its subscription does. */
  readonly take: (tx: Tx, endpoint: string, event: ProjectEvent) => void
}

/** Who makes a request. */
export interface RequestContext {
  readonly actor: Actor
  readonly request: Pick<ApiRequest, 'id' | 'ip'>
}

/** What is in the audit log of a request, if the write commits. */
export function audit(
  { audit }: Pick<WebhooksContext, 'audit'>,
  tx: Tx,
  call: RequestContext & Pick<AuditEvent, 'event' | 'details'> & { readonly endpoint: string },
): void {
  const { event, details, endpoint } = call
  audit.record(tx, {
    ...{ event, outcome: 'success', ...auditedActor(call.actor), ip: call.request.ip, requestId: call.request.id },
    target: { kind: 'webhook', id: endpoint },
    ...(details && { details }),
  })
}
