import type { DocumentChange, JsonValue, ProjectEvent } from '@koyalite/contracts'
import type { EndpointConfig } from '../endpoints/endpoint'

/** Receivers are to answer within seconds: a larger document is fetched by those who want it. */
const MAX_BODY_BYTES = 256 * 1024

/** What is sent of an event: frozen, since every attempt and replay sends and signs the same bytes. */
export function messageBody(
  event: ProjectEvent,
  { payload, fields, keyField }: Pick<EndpointConfig, 'payload' | 'fields'> & { readonly keyField: string },
): string {
  const { change, seq } = event
  if (change === null) {
    const body = text(event, event.data)
    return fits(body) ? body : text(event, { truncated: true })
  }
  const thin = { key: change.key, seq }
  if (payload === 'thin') return text(event, thin)
  const body = text(event, { ...documentsOf(change, fields && [keyField, ...fields]), seq })
  return fits(body) ? body : text(event, { ...thin, truncated: true })
}

function documentsOf({ doc, old }: DocumentChange, fields: readonly string[] | null): { [name: string]: JsonValue } {
  return { doc: doc && picked(doc, fields), ...(old && { old: picked(old, fields) }) }
}

function picked(document: NonNullable<DocumentChange['doc']>, fields: readonly string[] | null): JsonValue {
  if (fields === null) return document
  return Object.fromEntries(Object.entries(document).filter(([name]) => fields.includes(name)))
}

function text({ type, at }: ProjectEvent, data: JsonValue): string {
  return JSON.stringify({ type, timestamp: at, data })
}

function fits(body: string): boolean {
  return Buffer.byteLength(body) <= MAX_BODY_BYTES
}
