import { compileEventCondition, type EventCondition, eventConditionProblem } from '@koyalite/query'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { type EndpointRow, findEndpointRow, listEndpointRows } from '../store/endpoint-rows'
import type { EndpointSettings } from '../webhooks-settings'
import type { Endpoint, EndpointConfig } from './endpoint'

/** What endpoints are made of now: the settings, the schema, and what the admin API has stored. */
export interface EndpointSetOptions {
  readonly database: Database
  readonly schema: () => Schema
  readonly settings: () => readonly EndpointSettings[]
}

/** All endpoints, of the settings and of the admin API. Of two with one name that of the settings counts. */
export interface EndpointSet {
  list(): readonly Endpoint[]
  find(name: string): Endpoint | null
  /** The condition of an endpoint for a type of events; null: it has none. Where it does not fit the schema, it fails on every event. */
  condition(
    endpoint: EndpointConfig,
    place: { readonly collection: string | null; readonly type: string },
  ): EventCondition | null
  /** The schema or the settings are others. */
  changed(): void
}

export function createEndpointSet({ database, schema, settings }: EndpointSetOptions): EndpointSet {
  /** By what they are made of. */
  const conditions = new Map<string, EventCondition>()
  const ofSettings = (name: string) => settings().find((one) => one.name === name)
  const endpointOf = (row: EndpointRow): Endpoint | null => {
    const { config, secrets: _, ...state } = row
    const written = ofSettings(row.name)
    if (written !== undefined) return { ...state, ...configOf(written), source: 'settings' }
    // What is no longer in the settings is none: its state stays, for when it comes back.
    return config && { ...state, ...config, source: 'api' }
  }
  return {
    list: () =>
      listEndpointRows(database)
        .map(endpointOf)
        .filter((endpoint) => endpoint !== null),
    find(name) {
      const row = findEndpointRow(database, name)
      return row && endpointOf(row)
    },
    condition({ when }, { collection: name, type }) {
      if (when === null) return null
      const key = `${type} ${when}`
      const known = conditions.get(key)
      if (known !== undefined) return known
      const collection = (name === null ? null : schema().collections.get(name)) ?? null
      const place = { collection, type }
      const isSound = eventConditionProblem(schema(), place, when) === null
      const condition: EventCondition = isSound ? compileEventCondition(schema(), place, when) : () => 'error'
      if (conditions.size >= MAX_CONDITIONS) conditions.clear()
      conditions.set(key, condition)
      return condition
    },
    changed: () => conditions.clear(),
  }
}

const MAX_CONDITIONS = 1000

function configOf({ secret: _, fields, ...config }: EndpointSettings): EndpointConfig {
  return { ...config, fields: fields.length === 0 ? null : fields }
}
