import { type Actor, ANONYMOUS, ANYONE, AppError } from '@koyalite/contracts'
import { NO_LOG, type RequestEntry } from '../../log/log'
import { createHttpMetrics } from '../../metrics/http-metrics'
import { createHttpApp } from '../http-app'
import type { HttpSettings } from '../http-settings'
import type { ApiResponse, Route } from '../route'

export const SETTINGS: HttpSettings = {
  host: '127.0.0.1',
  url: null,
  cors: { origins: ['*'], credentials: false },
  headers: {},
  max_body: 1000,
  trust_proxy: false,
}
export const USER: Actor = {
  kind: 'user',
  id: 'u1',
  email: 'a@example.com',
  role: 'user',
  verified: true,
  metadata: null,
  claims: null,
  sessionId: 's',
}

export const json = (value: unknown, status = 200): ApiResponse => ({ status, body: JSON.stringify(value) })
export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/items/special', access: ANYONE, handle: () => json('special') },
  {
    method: 'GET',
    path: '/items/:id',
    access: ANYONE,
    handle: (request) => json({ id: request.params.id, q: request.query.getAll('q') }),
  },
  { method: 'POST', path: '/items', access: ANYONE, handle: async (request) => json(await request.json(), 201) },
  {
    method: 'POST',
    path: '/large',
    access: ANYONE,
    bodyLimit: 5000,
    handle: async (request) => json((await request.bytes()).byteLength),
  },
  {
    method: 'POST',
    path: '/stream',
    access: ANYONE,
    handle: async (request) => json((await new Response(request.stream()).text()).length),
  },
  { method: 'PUT', path: '/items/:id', access: ANYONE, handle: () => ({ status: 204, body: null }) },
  {
    method: 'GET',
    path: '/who',
    access: ANYONE,
    handle: (request) => json({ kind: request.actor.kind, ip: request.ip, local: request.isLocal }),
  },
  { method: 'GET', path: '/_/page', access: ANYONE, handle: () => json('page') },
  { method: 'GET', path: '/api/admin/thing', access: ANYONE, handle: () => json('thing') },
  { method: 'GET', path: '/later', access: ANYONE, handle: async () => json('later') },
  {
    method: 'GET',
    path: '/page',
    access: ANYONE,
    handle: () =>
      new Response('<p>', {
        headers: { 'content-type': 'text/html', 'content-security-policy': "default-src 'self'" },
      }),
  },
  {
    method: 'GET',
    path: '/bug',
    access: ANYONE,
    handle: () => {
      throw new TypeError('secret detail')
    },
  },
  {
    method: 'GET',
    path: '/bug-later',
    access: ANYONE,
    handle: async () => {
      throw new TypeError('secret detail')
    },
  },
  {
    method: 'GET',
    path: '/refused',
    access: ANYONE,
    handle: () => {
      throw new AppError('CONFLICT', 'no', {
        details: [{ field: 'a', code: 'unique', message: 'taken' }],
        operation: 3,
        headers: { 'retry-after': '5' },
      })
    },
  },
]

interface Setup {
  readonly settings?: Partial<HttpSettings>
  readonly authenticate?: () => Actor | Promise<Actor>
}

export function setUp({ settings, authenticate }: Setup = {}) {
  const entries: RequestEntry[] = []
  const errors: object[] = []
  const metrics = createHttpMetrics()
  const app = createHttpApp({
    routes: ROUTES,
    settings: { ...SETTINGS, ...settings },
    log: { ...NO_LOG, request: (entry) => entries.push(entry), error: (fields) => errors.push(fields) },
    metrics,
    authenticate: authenticate ?? (() => ANONYMOUS),
  })
  const send = async (path: string, init: RequestInit = {}) =>
    app.fetch(new Request(`http://localhost:8090${path}`, init), { ip: '192.0.2.1' })
  return { app, send, entries, errors, metrics }
}
