import { expect } from 'bun:test'
import type { TestServer } from '@koyalite/testkit'
import {
  type Client,
  type ClientDriver,
  ClientFailure,
  type ClientOptions,
  type Document,
  type FailureBody,
  type QuerySpec,
} from './driver'

/** How a language differs, as far as scenarios can see it. */
export interface Language {
  /** Its own type for dates without time. */
  readonly tagsDates: boolean
  /** It tells floats from ints. */
  readonly tagsFloats: boolean
  /** What it calls an error with a code: a class, a sentinel. */
  kindOf(code: string): string
}

/** What a scenario works with. */
export interface World {
  readonly language: Language
  readonly server: TestServer
  /** A client with a service key. */
  admin(options?: Partial<ClientOptions>): Client
  /** One without credentials. */
  anonymous(options?: Partial<ClientOptions>): Client
}

export function newWorld(language: Language, server: TestServer, driver: () => ClientDriver): World {
  return {
    language,
    server,
    admin: (options) => driver().client({ url: server.process.url, token: server.key, ...options }),
    anonymous: (options) => driver().client({ url: server.process.url, ...options }),
  }
}

export const PASSWORD = 'correct horse battery staple'
/** How long access tokens live here: longer than twenty calls take on a busy machine. */
export const ACCESS_TTL_MS = 3000
/** Of the server that the scenarios run against. */
export const SETTINGS = `auth:
  jwt: { access_ttl: ${ACCESS_TTL_MS / 1000}s }
  rate_limit: { register: 1000/minute, login: 1000/minute }
`

export const newEmail = () => `${crypto.randomUUID()}@example.com`

export const listOf = (client: Client, query: QuerySpec) => client.do<Document[]>({ op: 'list', query })

export const create = (client: Client, collection: string, data: object) =>
  client.do<Document>({ op: 'create', collection, data })

export async function createUser(server: TestServer): Promise<Document> {
  const { status, body } = await server.anonymous.post('/api/auth/register', { email: newEmail(), password: PASSWORD })
  expect(status).toBe(201)
  return body.user
}

/** What a call is refused with. */
export async function failure(call: Promise<unknown>): Promise<FailureBody> {
  try {
    await call
  } catch (error) {
    if (error instanceof ClientFailure) return error.body
    throw error
  }
  throw new Error('it was not refused')
}

/** A value as it was sent: languages with types of their own for floats or dates tag these. */
export function asSent(value: unknown): unknown {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)) return { $date: value }
  if (typeof value === 'object' && value !== null && '$float' in value) return Number(value.$float)
  return value
}
