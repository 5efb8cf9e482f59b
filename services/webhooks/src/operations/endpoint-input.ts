import { z } from 'zod'
import type { EndpointConfig } from '../endpoints/endpoint'
import { ENDPOINT_NAME } from '../endpoints/endpoint'

const NAMES = z.array(z.string().min(1).max(100)).max(200)

const config = {
  events: z.array(z.string().min(1).max(200)).min(1).max(100).describe('Like posts.created, or posts.*'),
  url: z.string().min(1),
  when: z.string().min(1).max(8192).nullable().describe('A CEL condition over doc, old and type.'),
  fields: NAMES.min(1)
    .nullable()
    .describe('What of documents is sent besides the key; null: all that is not internal.'),
  order: z.enum(['document', 'none']),
  payload: z.enum(['full', 'thin']),
}

export const newEndpoint = z.strictObject({
  name: z.string().regex(ENDPOINT_NAME, {
    error: 'expected up to 63 lower-case letters, digits, - and _, beginning with a letter or digit',
  }),
  ...config,
  when: config.when.default(null),
  fields: config.fields.default(null),
  order: config.order.default('document'),
  payload: config.payload.default('full'),
})

export const endpointChange = z.strictObject(config).partial()

/** What is stored, and in the audit log: the address without what may be a secret in it. */
export function auditedConfig({ events, url, when, fields, order, payload }: EndpointConfig): object {
  return { events, url: withoutPath(url), when, fields, order, payload }
}

/** Some receivers have a secret in their path. */
export function withoutPath(url: string): string {
  const { origin, pathname, search } = new URL(url)
  return pathname === '/' && search === '' ? `${origin}/` : `${origin}/…`
}
