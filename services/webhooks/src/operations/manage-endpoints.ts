import { AppError } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import type { z } from 'zod'
import { endpointProblems, requireUrl } from '../endpoints/check-endpoint'
import type { Endpoint, EndpointConfig } from '../endpoints/endpoint'
import { rotatedSecrets } from '../endpoints/endpoint-secrets'
import { deleteOfEndpoint } from '../store/deliveries'
import {
  deleteEndpoint,
  disableEndpoint,
  enableEndpoint,
  findEndpointRow,
  insertEndpoint,
  updateConfig,
  updateSecrets,
} from '../store/endpoint-rows'
import { audit, type RequestContext, type WebhooksContext } from '../webhooks-context'
import { auditedConfig, type endpointChange, type newEndpoint } from './endpoint-input'

/** An endpoint, and its secret where it has a new one: it is shown once. */
export interface EndpointWithSecret {
  readonly endpoint: Endpoint
  readonly secret: string | null
}

/** More than that is a mistake: each looks at every event. */
const MAX_ENDPOINTS = 200
/** Deliveries that one write removes. */
const STEP = 500

/** @throws AppError NOT_FOUND */
export function requireEndpoint({ endpoints }: Pick<WebhooksContext, 'endpoints'>, name: string): Endpoint {
  const endpoint = endpoints.find(name)
  if (endpoint === null) throw new AppError('NOT_FOUND', `There is no webhook endpoint '${name}'.`)
  return endpoint
}

/** @throws AppError VALIDATION_ERROR, CONFLICT */
export async function createEndpoint(
  context: WebhooksContext,
  call: RequestContext,
  { name, ...config }: z.output<typeof newEndpoint>,
): Promise<EndpointWithSecret> {
  const { endpoints, database, secrets, now } = context
  if (endpoints.list().length >= MAX_ENDPOINTS)
    throw new AppError('CONFLICT', `There are ${MAX_ENDPOINTS} webhook endpoints already: delete one first.`)
  await requireSound(context, config)
  const { secret, stored } = rotatedSecrets(secrets, name, { stored: [], now: now(), revoke: true })
  // What waited for one that the settings had once is not for this one.
  if (endpoints.find(name) === null) await removeDeliveries(database, name)
  await database.write((tx) => {
    if (endpoints.find(name) !== null)
      throw new AppError('CONFLICT', `There is a webhook endpoint '${name}' already: choose another name.`)
    // Of one that the settings had once, only the state is there.
    deleteEndpoint(tx, name)
    insertEndpoint(tx, { name, config, secrets: stored, createdAt: now() })
    const details = { ...auditedConfig({ name, ...config }) }
    audit(context, tx, { ...call, event: 'webhook.created', endpoint: name, details })
  })
  await context.endpointsChanged()
  return { endpoint: requireEndpoint(context, name), secret }
}

/** @throws AppError NOT_FOUND, VALIDATION_ERROR, CONFLICT for one of the settings */
export async function updateEndpoint(
  context: WebhooksContext,
  call: RequestContext & { readonly name: string },
  change: z.output<typeof endpointChange>,
): Promise<Endpoint> {
  const { name } = call
  const before = configOf(requireEditable(context, name))
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  const config: Omit<EndpointConfig, 'name'> = { ...before, ...given }
  await requireSound(context, config)
  await context.database.write((tx) => {
    requireEditable(context, name)
    updateConfig(tx, name, config)
    const details = { before: auditedConfig({ name, ...before }), after: auditedConfig({ name, ...config }) }
    audit(context, tx, { ...call, event: 'webhook.updated', endpoint: name, details })
  })
  await context.endpointsChanged()
  return requireEndpoint(context, name)
}

/** With its deliveries, in steps. @throws AppError NOT_FOUND, CONFLICT for one of the settings */
export async function removeEndpoint(
  context: WebhooksContext,
  call: RequestContext & { readonly name: string },
): Promise<void> {
  const { name } = call
  const { database, now } = context
  requireEditable(context, name)
  await database.write((tx) => void disableEndpoint(tx, name, { reason: 'operator', at: now() }))
  // Without events that it asks for it has no place among them that one of its name would go on from.
  await context.endpointsChanged()
  await removeDeliveries(database, name)
  await database.write((tx) => {
    deleteEndpoint(tx, name)
    audit(context, tx, { ...call, event: 'webhook.deleted', endpoint: name })
  })
  await context.endpointsChanged()
}

/**
 * Another secret. The one before it signs too for a day, unless it is revoked.
 * @throws AppError NOT_FOUND, CONFLICT for one of the settings
 */
export async function rotateSecret(
  context: WebhooksContext,
  call: RequestContext & { readonly name: string; readonly revoke: boolean },
): Promise<string> {
  const { name, revoke } = call
  const { database, secrets, now } = context
  requireEditable(context, name)
  const { value } = await database.write((tx) => {
    const stored = findEndpointRow(tx, name)?.secrets ?? []
    const rotated = rotatedSecrets(secrets, name, { stored, now: now(), revoke })
    updateSecrets(tx, name, rotated.stored)
    audit(context, tx, { ...call, event: 'webhook.secret_rotated', endpoint: name, details: { revoke } })
    return rotated.secret
  })
  return value
}

/** Events are taken from now on, and what waited is sent. One without a secret gets one: in a copy of a database. */
export async function enable(
  context: WebhooksContext,
  call: RequestContext & { readonly name: string },
): Promise<EndpointWithSecret> {
  const { name } = call
  const { database, secrets, now } = context
  const { source } = requireEndpoint(context, name)
  const { value: secret } = await database.write((tx) => {
    const stored = findEndpointRow(tx, name)?.secrets ?? []
    const made =
      source === 'api' && stored.length === 0
        ? rotatedSecrets(secrets, name, { stored, now: now(), revoke: true })
        : null
    if (made !== null) updateSecrets(tx, name, made.stored)
    if (enableEndpoint(tx, name)) audit(context, tx, { ...call, event: 'webhook.enabled', endpoint: name })
    return made?.secret ?? null
  })
  await context.endpointsChanged()
  return { endpoint: requireEndpoint(context, name), secret }
}

/** Nothing is sent, and no events are taken. */
export async function disable(
  context: WebhooksContext,
  call: RequestContext & { readonly name: string },
): Promise<Endpoint> {
  const { name } = call
  requireEndpoint(context, name)
  await context.database.write((tx) => {
    const isNew = disableEndpoint(tx, name, { reason: 'operator', at: context.now() })
    if (isNew)
      audit(context, tx, { ...call, event: 'webhook.disabled', endpoint: name, details: { reason: 'operator' } })
  })
  await context.endpointsChanged()
  return requireEndpoint(context, name)
}

async function removeDeliveries(database: Database, name: string): Promise<void> {
  let removed = STEP
  while (removed === STEP) removed = (await database.write((tx) => deleteOfEndpoint(tx, name, STEP))).value
}

function requireEditable(context: WebhooksContext, name: string): Endpoint {
  const endpoint = requireEndpoint(context, name)
  if (endpoint.source === 'settings')
    throw new AppError('CONFLICT', `'${name}' is in koyalite.yaml: change it there (webhooks.endpoints).`)
  return endpoint
}

async function requireSound(context: WebhooksContext, config: Omit<EndpointConfig, 'name'>): Promise<void> {
  const { projectEvents, outbound } = context
  const details = endpointProblems(config, { schema: context.schema(), projectEvents })
  if (details.length > 0)
    throw new AppError('VALIDATION_ERROR', details.map(({ field, message }) => `${field}: ${message}`).join('; '), {
      details,
    })
  await requireUrl(config.url, outbound)
}

function configOf({ events, url, when, fields, order, payload }: Endpoint): Omit<EndpointConfig, 'name'> {
  return { events, url, when, fields, order, payload }
}
