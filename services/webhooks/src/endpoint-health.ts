import type { ProjectEvents, WebhookHealth } from '@koyalite/contracts'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { endpointProblems } from './endpoints/check-endpoint'
import type { Endpoint } from './endpoints/endpoint'
import { oldestWaiting } from './store/deliveries'
import { findEndpointRow } from './store/endpoint-rows'

/** What `doctor` says of an endpoint. */
export function endpointHealth(
  endpoint: Endpoint,
  {
    database,
    ...project
  }: {
    readonly database: Database
    readonly schema: Schema
    readonly projectEvents: Pick<ProjectEvents, 'patternProblem'>
  },
): WebhookHealth {
  const { name, disabledReason, failingSince, dropped } = endpoint
  return {
    ...{ name, disabled: disabledReason, failingSince, dropped },
    waiting: findEndpointRow(database, name)?.waiting ?? 0,
    oldestAt: oldestWaiting(database, name),
    problems: endpointProblems(endpoint, project).map(({ field, message }) => `${field}: ${message}`),
  }
}
