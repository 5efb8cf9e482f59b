import type { KeyScope } from '@koyalite/contracts'
import type { Route } from '@koyalite/kernel'

/** What a request to a route is about, so that its path and body can be made. */
export interface Asked {
  /** Id of a user who is somebody else than who asks, where that makes a difference. */
  readonly user: string
  /** Fields that would raise a user. */
  readonly rise: object
  readonly password: string
  /** Another address each time. */
  email(): string
  readonly schema: string
  /** The collection where the path names one. */
  readonly collection: string
}

/** Who may use a route, and with what. */
export interface RouteEntry {
  /**
   * `everybody`: a credential makes no difference, or it is a matter of a session of one's own. `viewer`: operators of every role may.
   * `writer`: only those who may change something, or see what viewers may not.
   */
  readonly for: 'everybody' | 'viewer' | 'writer'
  /** The scope of service keys that is for this; null: none but `admin`, or none at all. */
  readonly scope: KeyScope | null
  /** Bodies that are accepted from an authorized caller. */
  readonly bodies?: (asked: Asked) => readonly unknown[]
  /** The error status that the server itself gets, if any: then the body proves nothing about access. */
  readonly status?: number
}

/** Every route of the server. A new one has to be put where it belongs: the walks over all routes refuse one that is not here. */
export function routeEntry({ method, path }: Pick<Route, 'method' | 'path'>): RouteEntry | undefined {
  // Files of pages are named after their content.
  if (method === 'GET' && (path.startsWith('/api/docs/') || /^\/_\/auth\/[\w-]+\.js$/.test(path))) return OPEN
  return ROUTES[`${method} ${path}`]
}

export function bookedRoutes(): readonly string[] {
  return Object.keys(ROUTES)
}

const OPEN: RouteEntry = { for: 'everybody', scope: null }

function open(bodies: RouteEntry['bodies'], status?: number): RouteEntry {
  return { ...OPEN, ...(bodies && { bodies }), ...(status !== undefined && { status }) }
}

function seen(scope: KeyScope | null, bodies?: RouteEntry['bodies']): RouteEntry {
  return { for: 'viewer', scope, ...(bodies && { bodies }) }
}

function done(scope: KeyScope | null, bodies?: RouteEntry['bodies'], status?: number): RouteEntry {
  return { for: 'writer', scope, ...(bodies && { bodies }), ...(status !== undefined && { status }) }
}

const raising = ({ rise }: Asked) => [{}, rise]
const own = ({ rise }: Asked) => [rise, { name: 'x', ...rise }]

const ROUTES: Readonly<Record<string, RouteEntry>> = {
  'GET /': OPEN,
  'GET /_': OPEN,
  'GET /_/': OPEN,
  'GET /_/*': OPEN,
  'GET /_/icon.svg': OPEN,
  'GET /_/assets/*': OPEN,
  'GET /api': OPEN,
  'GET /api/openapi.json': OPEN,
  'GET /api/schema.json': OPEN,
  'GET /api/docs': OPEN,
  'GET /public/:file': OPEN,
  'GET /health': OPEN,
  'GET /health/live': OPEN,
  'GET /health/ready': OPEN,
  'GET /health/stats': OPEN,
  'GET /metrics': OPEN,
  'GET /.well-known/jwks.json': OPEN,

  'POST /api/auth/register': open(({ email, rise, password }) => [{ email: email(), password, ...rise }]),
  'POST /api/auth/anonymous': open(({ rise }) => [rise]),
  'POST /api/auth/login': open(raising),
  'POST /api/auth/refresh': open(raising),
  'GET /api/auth/csrf': OPEN,
  'POST /api/auth/logout': open(raising),
  'GET /api/auth/me': OPEN,
  'PATCH /api/auth/me': open(own),
  'POST /api/auth/reauthenticate': open(raising),
  'GET /api/auth/sessions': OPEN,
  'DELETE /api/auth/sessions': OPEN,
  'DELETE /api/auth/sessions/:id': OPEN,
  'POST /api/auth/password/forgot': open(raising),
  'POST /api/auth/password/reset': open(raising),
  'POST /api/auth/password/change': open(raising),
  'POST /api/auth/email/verify': open(raising),
  'POST /api/auth/email/resend': open(raising),
  'POST /api/auth/email/change': open(raising),
  'POST /api/auth/email/confirm': open(raising),
  'POST /api/auth/magic-link': open(raising),
  'POST /api/auth/otp/request': open(raising),
  'POST /api/auth/otp/verify': open(raising),
  'GET /api/auth/mfa': OPEN,
  'POST /api/auth/mfa/totp/enroll': open(raising),
  'POST /api/auth/mfa/totp/activate': open(raising),
  'POST /api/auth/mfa/totp/verify': open(raising),
  'POST /api/auth/mfa/totp/disable': open(raising),
  'POST /api/auth/mfa/recovery-codes': open(raising),
  'POST /api/auth/passkeys/options': open(raising),
  'POST /api/auth/passkeys/register': open(raising),
  'POST /api/auth/passkeys/login': open(raising),
  'GET /api/auth/passkeys': OPEN,
  'DELETE /api/auth/passkeys/:id': OPEN,
  'GET /api/auth/providers': OPEN,
  'GET /api/auth/identities': OPEN,
  'POST /api/auth/oauth/exchange': open(raising),
  'POST /api/auth/oauth/complete': open(raising),
  'GET /api/auth/oauth/:provider': OPEN,
  'POST /api/auth/oauth/:provider/link': open(raising),
  'DELETE /api/auth/oauth/:provider': OPEN,
  'GET /api/auth/oauth/:provider/callback': OPEN,
  'POST /api/auth/oauth/:provider/callback': open(raising),
  'GET /_/auth/verify-email': OPEN,
  'GET /_/auth/confirm-email': OPEN,
  'GET /_/auth/reset-password': OPEN,
  'GET /_/auth/magic-link': OPEN,
  'GET /_/auth/operator-password': OPEN,
  'GET /_/auth/setup': OPEN,
  'GET /_/auth/operator': OPEN,
  'GET /_/auth/operator-sign-in': OPEN,
  'GET /api/realtime': OPEN,
  'POST /api/realtime/ticket': open(() => [{}]),
  // The server follows nothing by a session.
  'POST /api/admin/data/realtime/ticket': { ...seen(null, () => [{}]), status: 403 },
  'POST /api/realtime/stream': OPEN,
  // There is no stream.
  'POST /api/realtime/stream/:id': open(() => [{ type: 'ping' }], 404),

  // The server signs in nowhere, and has no session of its own.
  'POST /api/admin/login': open(raising, 422),
  'POST /api/admin/setup': open(raising, 422),
  'POST /api/admin/password': open(raising, 422),
  'POST /api/admin/password/change': open(raising, 403),
  'POST /api/admin/session': open(raising, 403),
  'DELETE /api/admin/session': open(undefined, 401),
  'GET /api/admin/session/editing': open(undefined, 403),
  'POST /api/admin/session/editing': open(undefined, 403),
  'DELETE /api/admin/session/editing': open(undefined, 403),
  'POST /api/admin/session/proof': open(raising, 403),
  'GET /api/admin/mfa': open(undefined, 403),
  'POST /api/admin/mfa/totp/enroll': open(raising, 403),
  'POST /api/admin/mfa/totp/activate': open(raising, 403),
  'POST /api/admin/mfa/totp/verify': open(raising, 422),
  'POST /api/admin/mfa/totp/disable': open(raising, 403),
  'POST /api/admin/mfa/recovery-codes': open(raising, 403),
  'GET /api/admin/operators': done(null),
  'POST /api/admin/operators': done(null, ({ email, password }) => [{ email: email(), role: 'owner', password }]),
  'PATCH /api/admin/operators/:id': done(null, () => [{ role: 'owner' }], 404),
  'DELETE /api/admin/operators/:id': done(null, undefined, 404),
  'DELETE /api/admin/operators/:id/mfa': done(null, undefined, 404),
  'DELETE /api/admin/operators/:id/sessions': done(null, undefined, 404),
  'POST /api/admin/operators/:id/reset-password': done(null, () => [{}], 404),
  'GET /api/admin/users': seen('auth'),
  'POST /api/admin/users': done('auth', ({ email, rise }) => [{ email: email(), ...rise }]),
  'GET /api/admin/users/:id': seen('auth'),
  'PATCH /api/admin/users/:id': done('auth', ({ rise }) => [rise]),
  'POST /api/admin/users/:id/block': done('auth', () => [{}]),
  'POST /api/admin/users/:id/unblock': done('auth', () => [{}]),
  'POST /api/admin/users/:id/reset-password': done('auth', () => [{}]),
  'DELETE /api/admin/users/:id/mfa': done('auth', undefined, 404),
  // Acting for a user requires a signed-in actor.
  'POST /api/admin/users/:id/impersonate': done(null, () => [{}], 403),
  'DELETE /api/admin/users/:id/sessions': done('auth'),
  'DELETE /api/admin/users/:id': done('auth'),
  'GET /api/admin/sessions': seen('auth'),
  'DELETE /api/admin/sessions/:id': done('auth', undefined, 404),
  'GET /api/admin/roles': seen('auth'),
  'GET /api/admin/providers': seen(null),
  'POST /api/admin/providers/:name/test': done(null, () => [{}], 404),
  'GET /api/admin/keys': done(null),
  'POST /api/admin/keys': done(null, () => [{ scopes: [{ scope: 'admin' }] }]),
  'DELETE /api/admin/keys/:id': done(null, undefined, 404),
  'POST /api/admin/signing-keys/rotate': done(null, () => [{}]),
  'POST /api/admin/secret-keys/rotate': done(null, () => [{}]),
  'GET /api/admin/mail': done(null),
  'GET /api/admin/mail/templates': done(null),
  'GET /api/admin/mail/templates/:name': done(null, undefined, 404),
  'GET /api/admin/mail/templates/:name/html': done(null, undefined, 404),
  'GET /api/admin/mail/suppressions': done(null),
  'POST /api/admin/mail/suppressions': done(null, () => [{ address: 'ann@example.com' }]),
  'DELETE /api/admin/mail/suppressions': done(null, undefined, 400),
  'POST /api/admin/mail/release': done(null),
  'GET /api/admin/mail/:id': done(null, undefined, 404),
  'POST /api/admin/mail/:id/resend': done(null, undefined, 404),
  'GET /_/mail/unsubscribe': OPEN,
  'POST /_/mail/unsubscribe': open(() => [{}], 404),
  'POST /api/mail/resend': open(() => [{}], 404),
  'POST /api/admin/mail/test': done(null, () => [{ to: 'somebody' }], 422),
  'GET /api/admin/audit': seen('logs'),
  'GET /api/admin/audit/verify': seen('logs'),
  'GET /api/admin/migrations': seen('schema'),
  'GET /api/admin/migrations/:version': { ...seen('schema'), status: 404 },
  'GET /api/admin/migrate': seen('schema'),
  'POST /api/admin/migrate': done('schema', () => [{ action: 'apply' }]),
  // Of a person: not for the server's own key.
  'GET /api/admin/studio/items': { ...seen(null), status: 403 },
  'PUT /api/admin/studio/items/:name': { ...seen(null, () => [{ value: {} }]), status: 403 },
  'DELETE /api/admin/studio/items/:name': { ...seen(null), status: 403 },
  'GET /api/admin/collections': seen('schema'),
  'GET /api/admin/schema': seen('schema'),
  'POST /api/admin/schema': done('schema', ({ schema }) => [{ source: schema.replace('doc.id == auth.id', 'true') }]),
  'GET /api/admin/backups': done(null),
  // The database of this test is in memory.
  'POST /api/admin/backups': done(null, () => [{}], 400),
  'PUT /api/admin/backups/schedule': done(null, () => [{ schedule: '0 3 * * *' }]),
  'POST /api/admin/backups/:name/verify': done(null, () => [{}], 404),
  'DELETE /api/admin/backups/:name': done(null, undefined, 404),
  'GET /api/admin/backups/:name/download': done(null, undefined, 404),
  'GET /api/admin/backups/:name/restore': done(null, undefined, 404),
  'POST /api/admin/backups/:name/restore': done(null, () => [{ confirm: 'another' }], 422),
  'POST /api/admin/backups/uploads': done(null, () => [{ name: 'a.zip', bytes: 1 }], 422),
  'GET /api/admin/backups/uploads/:id': done(null, undefined, 404),
  'PUT /api/admin/backups/uploads/:id': done(null, undefined, 400),
  'POST /api/admin/backups/uploads/:id/finish': done(null, () => [{}], 404),
  'DELETE /api/admin/backups/uploads/:id': done(null, undefined, 404),
  'GET /api/admin/dump': done(null),
  'POST /api/admin/reset': done(null, () => [{}]),
  'GET /api/admin/doctor': seen(null),
  'GET /api/admin/settings': seen(null),
  'PATCH /api/admin/settings': done(null, () => [{ set: { 'server.prot': 1 } }], 422),
  'GET /api/admin/commands': seen(null),
  'POST /api/admin/commands': done(null, () => [{}], 422),
  'GET /api/admin/tasks': seen(null),
  'POST /api/admin/tasks/:name/run': done(null, () => [{}], 404),
  'GET /api/jobs/:id': { ...OPEN, status: 404 },
  'GET /api/admin/jobs': seen(null),
  'POST /api/admin/jobs': done(null, () => [{ name: 'nobody' }], 404),
  'GET /api/admin/jobs/:id': { ...seen(null), status: 404 },
  'POST /api/admin/jobs/:id/retry': done(null, undefined, 404),
  'POST /api/admin/jobs/:id/cancel': done(null, undefined, 404),
  'DELETE /api/admin/jobs/:id': done(null, undefined, 404),
  'GET /api/admin/jobs/queues': seen(null),
  'POST /api/admin/jobs/queues/:name/pause': done(null),
  'POST /api/admin/jobs/queues/:name/resume': done(null),
  'POST /api/admin/jobs/release': done(null),
  'GET /api/admin/schedules': seen(null),
  'POST /api/admin/schedules': done(null, () => [{ name: 'a', function: 'nobody', cron: 'never' }], 422),
  'GET /api/admin/schedules/:name': { ...seen(null), status: 404 },
  'PATCH /api/admin/schedules/:name': done(null, () => [{ cron: '0 8 * * *' }], 404),
  'DELETE /api/admin/schedules/:name': done(null, undefined, 404),
  'POST /api/admin/schedules/:name/pause': done(null, undefined, 404),
  'POST /api/admin/schedules/:name/resume': done(null, undefined, 404),
  'POST /api/admin/schedules/:name/run': done(null, undefined, 404),
  'GET /api/admin/schedules/:name/next': { ...seen(null), status: 404 },
  'GET /api/admin/schedules/:name/firings': { ...seen(null), status: 404 },
  // The database of this test is in memory: no other process can read it.
  'GET /api/admin/functions': seen(null),
  'GET /api/admin/schema/functions': seen('schema'),
  'GET /api/admin/functions/executions': seen(null),
  'GET /api/admin/functions/executions/live': seen(null),
  'GET /api/admin/functions/executions/:id': { ...seen(null), status: 404 },
  'GET /api/admin/functions/:name': { ...seen(null), status: 404 },
  'POST /api/admin/functions/:name/replay': done(null, () => [{ from: '2026-01-01T00:00:00Z' }], 404),
  'POST /api/admin/functions/:name/serve': done(null, () => [{ version: 1 }], 404),
  ...Object.fromEntries(
    ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) =>
      ['/api/functions/:name', '/api/functions/:name/*'].map((path) => [
        `${method} ${path}`,
        { ...done('functions:invoke'), status: 404 },
      ]),
    ),
  ),
  'GET /api/admin/events/subscribers': seen(null),
  'GET /api/admin/hooks': seen(null),
  'GET /api/admin/webhooks': seen(null),
  'POST /api/admin/webhooks': done(null, () => [{ name: 'x', events: ['notes.*'], url: 'http://10.0.0.1/' }], 422),
  'GET /api/admin/webhooks/:name': { ...seen(null), status: 404 },
  'PATCH /api/admin/webhooks/:name': done(null, () => [{ payload: 'thin' }], 404),
  'DELETE /api/admin/webhooks/:name': done(null, undefined, 404),
  ...Object.fromEntries(
    ['rotate', 'test', 'enable', 'disable'].map((action) => [
      `POST /api/admin/webhooks/:name/${action}`,
      done(null, () => [{}], 404),
    ]),
  ),
  'POST /api/admin/webhooks/:name/replay': done(null, () => [{ from: '2026-01-01T00:00:00Z' }], 404),
  'GET /api/admin/webhook-deliveries': seen(null),
  'GET /api/admin/webhooks/:name/deliveries': { ...seen(null), status: 404 },
  'GET /api/admin/webhooks/:name/deliveries/live': { ...seen(null), status: 404 },
  'GET /api/admin/webhooks/:name/deliveries/:id': { ...seen(null), status: 404 },
  'POST /api/admin/webhooks/:name/deliveries/:id/replay': done(null, () => [{}], 404),
  'POST /api/admin/webhooks/:name/deliveries/:id/skip': done(null, () => [{}], 404),
  'POST /api/admin/data/functions/:name': { ...done('functions:invoke'), status: 404 },
  'POST /api/admin/sql': { ...seen('sql', () => [{ sql: 'SELECT 1' }]), status: 400 },
  'GET /api/admin/sql': seen('sql'),
  'DELETE /api/admin/sql/:run': { ...seen('sql'), status: 404 },
  'GET /api/admin/queries': seen('logs'),
  'GET /api/admin/realtime': seen('logs'),
  'GET /api/admin/requests': seen('logs'),
  'GET /api/admin/requests/:id': { ...seen('logs'), status: 404 },
  'GET /api/admin/logs': seen('logs'),
  'GET /api/admin/stats': seen('logs'),
  // With a document it tells what is in it: the scope for that is another one.
  'POST /api/admin/schema/plan': seen('schema', () => [{ edits: [] }]),
  'GET /api/admin/schema/version': seen('schema'),
  'GET /api/admin/schema/usage': seen('schema'),
  'POST /api/admin/schema/apply': done('schema', () => [{ base: '', edits: [] }], 403),
  'POST /api/admin/rules/explain': seen('schema', () => [{ collection: 'notes', operation: 'delete' }]),
  'POST /api/admin/rules/check': seen('schema', () => [
    { place: { collection: 'notes', operation: 'read' }, source: 'doc.', at: 4 },
  ]),
  'GET /api/admin/rules/matrix': seen('schema'),
  'POST /api/admin/rules/visibility': seen('schema', () => [{ collection: 'notes' }]),
  'POST /api/admin/rules/test': seen('schema', () => [{ files: [{ name: 'a', source: 'cases: []' }] }]),

  'GET /api/collections/:collection/live': seen('data:read'),
  'GET /api/collections/:collection/aggregate': seen('data:read'),
  'GET /api/collections/:collection/aggregate/live': seen('data:read'),
  'GET /api/admin/changes': seen(null),
  'POST /api/admin/changes/:id/undo': done(null, () => [{}], 404),
  'POST /api/admin/data/bulk/:collection': done('data:write', ({ collection, user, rise }) => [
    collection === 'users'
      ? { operation: 'update', keys: [user], data: rise }
      : { operation: 'update', keys: ['n'], data: { text: 'z' } },
  ]),
  'GET /api/admin/data/export/:collection': seen('data:read'),
  'GET /api/admin/data/positions/:collection': seen('data:read'),
  'GET /api/collections/:collection': seen('data:read'),
  'POST /api/collections/:collection': done('data:write', ({ collection, email, rise }) => {
    const user = () => ({ email: email(), ...rise })
    return collection === 'users' ? [user(), [user()]] : [{ id: 'n2', text: 'x' }, [{ id: 'n4', text: 'x' }]]
  }),
  'GET /api/collections/:collection/:id': seen('data:read'),
  'PATCH /api/collections/:collection/:id': done('data:write', (asked) =>
    asked.collection === 'users' ? own(asked) : [{ text: 'z' }],
  ),
  'PUT /api/collections/:collection/:id': done('data:write', ({ collection, email, rise }) =>
    collection === 'users' ? [{ email: email(), ...rise }] : [{ text: 'z' }],
  ),
  'DELETE /api/collections/:collection/:id': done('data:write'),
  'POST /api/batch': done('data:write', batches),
  'POST /api/admin/import': done('data:write', ({ email, rise }) => [
    { op: 'create', collection: 'users', data: { email: email(), ...rise } },
    { op: 'upsert', collection: 'notes', id: 'n6', data: { text: 'imported' } },
  ]),
  'POST /api/admin/data/import/:collection': done('data:write', ({ collection, email, rise }) =>
    collection === 'users' ? [{ email: email(), ...rise }] : [{ id: 'n7', text: 'imported' }],
  ),
  'POST /api/admin/import/:collection': done('data:write', ({ collection, email, rise }) =>
    collection === 'users' ? [{ email: email(), ...rise }] : [{ id: 'n5', text: 'imported' }],
  ),
}

/** One of each operation, on users and on notes. */
function batches({ user, email, rise }: Asked): readonly unknown[] {
  const operations = (['create', 'update', 'upsert', 'delete'] as const).flatMap((op) => {
    const data = op === 'create' ? { id: 'n3', text: 'y' } : { text: 'y' }
    const profile = { email: email(), ...rise }
    const id = op === 'create' ? {} : { id: user }
    const key = op === 'create' ? {} : { id: 'n3' }
    return [
      { op, collection: 'users', ...id, ...(op === 'delete' ? {} : { data: profile }) },
      { op, collection: 'notes', ...key, ...(op === 'delete' ? {} : { data }) },
    ]
  })
  return operations.map((operation) => ({ operations: [operation] }))
}
