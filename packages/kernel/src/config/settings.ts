import { z } from 'zod'
import {
  atStart,
  choice,
  duration,
  flag,
  integer,
  list,
  number,
  optionalDomain,
  optionalInteger,
  optionalText,
  optionalUrl,
  proxies,
  rate,
  requiredText,
  retention,
  secretReference,
  section,
  size,
  table,
  text,
} from './options'

const origin = z
  .string()
  .refine((value) => value === '*' || (URL.canParse(value) && /^https?:\/\/[^/?#]+\/?$/.test(value)), {
    error: "expected '*' or an origin like https://example.com",
  })

const cors = z
  .strictObject({
    origins: list(origin, ['*'], 'Origins whose pages may read responses'),
    credentials: flag(false, 'Whether those pages may send cookies'),
  })
  .refine((value) => !(value.credentials && value.origins.includes('*')), {
    path: ['credentials'],
    error: "credentials require explicit origins: with '*' any site could act on behalf of a signed-in visitor",
  })
  .prefault({})

const server = section({
  host: atStart(text('127.0.0.1', 'Address to listen on; 0.0.0.0 for all interfaces')),
  port: atStart(integer(8090, { min: 0, max: 65_535 }, 'Port to listen on; 0 picks a free one')),
  url: optionalUrl('Public URL of the server; used for links in emails'),
  cors,
  headers: table(z.string(), 'Headers added to every response'),
  max_body: size('10mb', 'Maximum size of a request body'),
  trust_proxy: proxies(
    'Trust the X-Forwarded headers of reverse proxies: true or 1 for one proxy, the number of proxies, or a list of their networks',
  ),
  query_timeout: duration('5s', 'Maximum duration of a query'),
  max_connections: atStart(
    optionalInteger(
      { min: 1 },
      'Maximum number of open connections (Linux); null: derived from the limit of open files, with a reserve',
    ),
  ),
})

const database = section({
  path: atStart(text('data/koyalite.db', 'Path of the SQLite file')),
  durability: atStart(
    choice(
      ['full', 'normal'],
      'full',
      'full: a write is acknowledged once it is on disk; normal: a power failure may lose the last writes',
    ),
  ),
  encryption_key: atStart(
    secretReference('Encrypts the file (SQLCipher 4); ${VAR} or file:path, never the key itself'),
  ),
  changes: section({
    keep: atStart(duration('24h', 'How long the change log is kept, for clients that resume')),
    max_bytes: atStart(size('256mb', 'Maximum total size')),
  }),
})

const backups = section({
  schedule: optionalText('Schedule of automatic backups: a cron expression like 0 3 * * *'),
  keep: retention(7, 'Backups to keep: a count (7) or an age (30d)'),
  dir: text('data/backups', 'Folder for backups, ideally on another disk'),
})

const passkeyOrigin = z.string().regex(/^(?:https?:\/\/[^\s/?#@]+\/?|(?:android|ios):[\w:.-]+)$/, {
  error: 'expected an origin like https://app.example.com, or android:apk-key-hash:…',
})

const passkeys = z
  .strictObject({
    rp_id: optionalDomain('Domain that passkeys belong to, like example.com; null: the host of server.url'),
    origins: list(
      passkeyOrigin,
      [],
      'Origins and apps that may use passkeys besides server.url; empty: server.cors.origins',
    ),
  })
  .superRefine(({ rp_id, origins }, context) => {
    if (rp_id === null) return
    for (const [i, origin] of origins.entries()) {
      const host: string = /^https?:/.test(origin) && URL.canParse(origin) ? new URL(origin).hostname : rp_id
      if (host === rp_id || host.endsWith(`.${rp_id}`)) continue
      const message = `browsers reject passkeys of ${rp_id} on ${host}: list origins on ${rp_id} or its subdomains`
      context.addIssue({ code: 'custom', path: ['origins', i], message })
    }
  })
  .prefault({})

const claimName = requiredText('A claim, such as name or picture')

const provider = z.strictObject({
  client_id: optionalText('Client id at the provider; without it the provider is disabled'),
  client_secret: optionalText('Client secret at the provider', { secret: true }),
  scopes: list(z.string(), [], 'Scopes to request in addition to those that sign-in needs'),
  issuer: optionalUrl('Issuer URL of an OpenID provider that is not built in'),
  nonce: flag(true, 'Send a nonce and expect it in the ID token; false for OpenID providers that omit it'),
  profile: table(claimName, 'Fields of users, each with the claim that fills it at the first sign-in', {
    pattern: /^(?!(?:id|email|role|verified|claims|created_at|updated_at)$)[a-z][a-z0-9_]{0,62}$/,
    expected: 'a field of users that the schema adds, or metadata',
  }),
})

const auth = section({
  registration: choice(
    ['open', 'closed'],
    'open',
    'Whether anyone may create an account; closed: only operators create accounts',
  ),
  jwt: section({
    secret: optionalText(
      'Secret that signs access tokens (HS256, 32 characters or more); null: a generated EdDSA key',
      {
        min: 32,
        secret: true,
      },
    ),
    access_ttl: duration('15m', 'Lifetime of an access token'),
    refresh_ttl: duration('7d', 'Lifetime of a refresh token'),
    issuer: text('koyalite', 'Issuer of the tokens'),
  }),
  sessions: section({
    absolute: duration('30d', 'Maximum lifetime of a session'),
    inactivity: duration('7d', 'How long an unused session stays valid'),
    fresh: duration('15m', 'How long after sign-in or reauthentication credentials may be changed'),
  }),
  password: section({
    min_length: integer(8, { min: 1, max: 1024 }, 'Minimum length'),
    require_uppercase: flag(false, 'Require an upper-case letter'),
    require_number: flag(false, 'Require a digit'),
    require_special: flag(false, 'Require a character that is neither letter nor digit'),
  }),
  passkeys,
  oauth: table(provider, 'Sign-in with other providers'),
  rate_limit: section({
    login: rate('5/minute', 'Sign-in attempts per IP address and account'),
    register: rate('3/minute', 'Registrations per IP address'),
    password_reset: rate('3/hour', 'Password reset emails per IP address and account'),
    mail: rate('10/hour', 'Other emailed links and codes, per caller and per recipient'),
    api: rate('1000/minute', 'Requests per IP address, and per account or key'),
    routes: table(
      rate('1000/minute', 'Requests'),
      'Requests to single routes, by method and path, like POST /api/functions/:name',
      {
        pattern: /^(\*|GET|POST|PUT|PATCH|DELETE) \/\S*$/,
        expected: 'a method (or *) and a path, like POST /api/functions/:name',
      },
    ),
  }),
})

const webhook = z.strictObject({
  name: requiredText('Name of the endpoint'),
  events: list(z.string().regex(/^\S+\.\S+$/, 'expected events like posts.created'), [], 'Events to send'),
  url: requiredText('URL to send events to'),
  secret: optionalText('Secret that signs the events', { secret: true }),
  when: optionalText('CEL condition: send only if true'),
})

const email = z
  .strictObject({
    from: optionalText('Sender of emails'),
    transport: choice(['log', 'smtp', 'resend'], 'log', 'How emails are sent; log: written to the log only'),
    url: optionalText('smtp: smtp://user:password@host:port', { secret: true }),
    api_key: optionalText('API key, for resend', { secret: true }),
  })
  .refine((value) => value.transport !== 'smtp' || value.url !== null, {
    path: ['transport'],
    error: 'smtp needs email.url',
  })
  .refine((value) => value.transport !== 'resend' || value.api_key !== null, {
    path: ['transport'],
    error: 'resend needs email.api_key',
  })
  .prefault({})

/** Every setting, declared once: its type, default, help and whether it is secret. Names are those of koyalite.yaml. */
export const SETTINGS = z.strictObject({
  name: requiredText('Name of the project; default: the name of its folder'),
  server,
  database,
  backups,
  audit: section({ keep: duration('365d', 'How long audit log entries are kept') }),
  auth,
  generate: section({
    languages: list(z.enum(['typescript', 'go', 'python']), ['typescript'], 'Languages to generate clients for'),
    output: text('generated', 'Output folder'),
  }),
  functions: section({
    min_warm: integer(0, { min: 0 }, 'Minimum number of warm instances per function'),
    max_instances: integer(10, { min: 1 }, 'Maximum number of instances per function'),
    idle_timeout: duration('60s', 'How long an idle instance is kept'),
    timeout: duration('30s', 'Maximum duration of a call'),
    memory: size('256mb', 'Memory limit of an instance'),
    cpu: number(1, { min: 0.01 }, 'CPU limit of an instance'),
    isolation: choice(
      ['auto', 'process', 'sandbox', 'container'],
      'auto',
      'How functions are isolated from the server',
    ),
    min_isolation: optionalText('Minimum isolation: process, sandbox or container'),
    total_memory: text('half', 'Memory limit of all instances together: half of the machine, or a size'),
    cache: size('5gb', 'Maximum size of installed dependencies'),
    logs: section({
      keep: duration('7d', 'How long function logs are kept'),
      max_bytes: size('512mb', 'Maximum total size'),
    }),
  }),
  email,
  webhooks: section({
    allow: list(z.string(), [], 'Addresses in private networks that webhooks may be sent to'),
    endpoints: list(webhook, [], 'Endpoints that receive webhooks'),
  }),
  realtime: section({
    max_sockets: integer(20_000, { min: 1 }, 'Maximum number of open connections'),
    max_subscriptions: integer(100, { min: 1 }, 'Maximum number of subscriptions per connection'),
    max_documents: integer(10_000, { min: 1 }, 'Maximum number of documents in all live lists of one connection'),
    memory: size('1gb', 'Memory limit for all live queries; beyond it new ones are rejected with REALTIME_BUSY'),
  }),
  logs: section({
    level: atStart(
      choice(
        ['debug', 'info', 'warn', 'error', 'silent'],
        'info',
        'Minimum level that is logged; info includes every request',
      ),
    ),
    keep: atStart(duration('7d', 'How long log files are kept')),
    max_bytes: atStart(size('512mb', 'Maximum total size')),
  }),
})

/** Durations in milliseconds, sizes in bytes. */
export type Settings = z.output<typeof SETTINGS>
