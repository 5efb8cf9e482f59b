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
    origins: list(origin, ['*'], 'Origins whose pages may read answers'),
    credentials: flag(false, 'Let those pages send cookies'),
  })
  .refine((value) => !(value.credentials && value.origins.includes('*')), {
    path: ['credentials'],
    error: "credentials need origins by name: with '*' any site could act for a signed-in visitor",
  })
  .prefault({})

const server = section({
  host: atStart(text('127.0.0.1', 'Address to listen on; 0.0.0.0 for every network')),
  port: atStart(integer(8090, { min: 0, max: 65_535 }, 'Port to listen on; 0 takes a free one')),
  url: optionalUrl('The address users see; links in mails are made from it'),
  cors,
  headers: table(z.string(), 'Headers added to every answer'),
  max_body: size('10mb', 'Longest request body'),
  trust_proxy: proxies(
    'Believe the X-Forwarded headers of proxies in front: true or 1 for one, how many, or a list of their networks',
  ),
  query_timeout: duration('5s', 'Longest time a query may take'),
  max_connections: atStart(
    optionalInteger(
      { min: 1 },
      'Open connections at most (Linux); null: as many as the limit of open files leaves, with a reserve',
    ),
  ),
})

const database = section({
  path: atStart(text('data/koyalite.db', 'The SQLite file')),
  durability: atStart(
    choice(
      ['full', 'normal'],
      'full',
      'full: a write is answered after it is on disk; normal: a power cut may lose the last ones',
    ),
  ),
  encryption_key: atStart(
    secretReference('Encrypts the file (SQLCipher 4); ${VAR} or file:path, never the key itself'),
  ),
  changes: section({
    keep: atStart(duration('24h', 'How long changes can be resumed from')),
    max_bytes: atStart(size('256mb', 'Space for them at most')),
  }),
})

const backups = section({
  schedule: optionalText('When to back up by itself: a cron line like 0 3 * * *'),
  keep: retention(7, 'Backups to keep: how many (7) or how long (30d)'),
  dir: text('data/backups', 'Folder for backups; best on another disk'),
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
      'Pages and apps that may use passkeys besides server.url; none: those of server.cors.origins',
    ),
  })
  .superRefine(({ rp_id, origins }, context) => {
    if (rp_id === null) return
    for (const [i, origin] of origins.entries()) {
      const host: string = /^https?:/.test(origin) && URL.canParse(origin) ? new URL(origin).hostname : rp_id
      if (host === rp_id || host.endsWith(`.${rp_id}`)) continue
      const message = `browsers refuse passkeys of ${rp_id} on ${host}: name pages of ${rp_id} and the domains below it`
      context.addIssue({ code: 'custom', path: ['origins', i], message })
    }
  })
  .prefault({})

const claimName = requiredText('A claim, like name or picture')

const provider = z.strictObject({
  client_id: optionalText("The app's id at the provider; without it the provider is off"),
  client_secret: optionalText("The app's secret", { secret: true }),
  scopes: list(z.string(), [], 'What to ask the provider for, besides what sign-in needs'),
  issuer: optionalUrl('Address of an OpenID provider that is not built in'),
  nonce: flag(true, 'Send a nonce and expect it in the ID token; false: for OpenID providers that leave it out'),
  profile: table(claimName, "Fields of users, each with the provider's claim that fills it at the first sign-in", {
    pattern: /^(?!(?:id|email|role|verified|claims|created_at|updated_at)$)[a-z][a-z0-9_]{0,62}$/,
    expected: 'a field of users that the schema adds, or metadata',
  }),
})

const auth = section({
  registration: choice(['open', 'closed'], 'open', 'Whether people may make accounts; closed: operators make them'),
  jwt: section({
    secret: optionalText('Signs access tokens (HS256, 32 characters or more); null: a generated EdDSA key', {
      min: 32,
      secret: true,
    }),
    access_ttl: duration('15m', 'Life of an access token'),
    refresh_ttl: duration('7d', 'Life of a refresh token'),
    issuer: text('koyalite', "The tokens' issuer"),
  }),
  sessions: section({
    absolute: duration('30d', 'Life of a session at most'),
    inactivity: duration('7d', 'Life of a session that is not used'),
    fresh: duration('15m', 'How long after signing in, or proving it again, credentials may be changed'),
  }),
  password: section({
    min_length: integer(8, { min: 1, max: 1024 }, 'Characters at least'),
    require_uppercase: flag(false, 'Ask for a capital letter'),
    require_number: flag(false, 'Ask for a digit'),
    require_special: flag(false, 'Ask for a character that is neither'),
  }),
  passkeys,
  oauth: table(provider, 'Sign-in through others, by provider'),
  rate_limit: section({
    login: rate('5/minute', 'Sign-ins per address and account'),
    register: rate('3/minute', 'Registrations per address'),
    password_reset: rate('3/hour', 'Password mails per address and account'),
    mail: rate('10/hour', 'Other links and codes by mail, per caller and per address they go to'),
    api: rate('1000/minute', 'Requests per address, and per account or key'),
    routes: table(
      rate('1000/minute', 'Requests'),
      'Requests to single routes, by method and path like POST /api/functions/:name',
      {
        pattern: /^(\*|GET|POST|PUT|PATCH|DELETE) \/\S*$/,
        expected: 'a method (or *) and a path, like POST /api/functions/:name',
      },
    ),
  }),
})

const webhook = z.strictObject({
  name: requiredText('Its name'),
  events: list(z.string().regex(/^\S+\.\S+$/, 'expected events like posts.created'), [], 'What it is told of'),
  url: requiredText('Where it is told'),
  secret: optionalText('Signs what it is told', { secret: true }),
  when: optionalText('CEL: only if true'),
})

const email = z
  .strictObject({
    from: optionalText('Sender of mails'),
    transport: choice(['log', 'smtp', 'resend'], 'log', 'How mails leave; log: they only show in the log'),
    url: optionalText('smtp: smtp://user:password@host:port', { secret: true }),
    api_key: optionalText('resend: its API key', { secret: true }),
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
  name: requiredText("The project's name; without it, its folder's"),
  server,
  database,
  backups,
  audit: section({ keep: duration('365d', 'How long the audit log keeps its entries') }),
  auth,
  generate: section({
    languages: list(z.enum(['typescript', 'go', 'python']), ['typescript'], 'Clients to generate'),
    output: text('generated', 'Where they go'),
  }),
  functions: section({
    min_warm: integer(0, { min: 0 }, 'Instances kept ready per function'),
    max_instances: integer(10, { min: 1 }, 'Instances per function at most'),
    idle_timeout: duration('60s', 'An idle instance ends after'),
    timeout: duration('30s', 'A call may take'),
    memory: size('256mb', 'Memory of an instance'),
    cpu: number(1, { min: 0.01 }, 'Processors of an instance'),
    isolation: choice(['auto', 'process', 'sandbox', 'container'], 'auto', 'What separates functions from the server'),
    min_isolation: optionalText('The least that separates them: process, sandbox or container'),
    total_memory: text('half', 'Memory of all instances together: half of the machine, or a size'),
    cache: size('5gb', 'Space for installed dependencies'),
    logs: section({
      keep: duration('7d', 'How long logs of functions are kept'),
      max_bytes: size('512mb', 'Space for them at most'),
    }),
  }),
  email,
  webhooks: section({
    allow: list(z.string(), [], 'Addresses in private networks that may be told of events'),
    endpoints: list(webhook, [], 'Addresses that are told of events'),
  }),
  realtime: section({
    max_sockets: integer(20_000, { min: 1 }, 'Open sockets at most'),
    max_subscriptions: integer(100, { min: 1 }, 'Subscriptions per socket at most'),
    max_documents: integer(10_000, { min: 1 }, 'Documents that the live lists of one socket show together at most'),
    memory: size('1gb', 'Memory for all live queries; beyond it new ones are REALTIME_BUSY'),
  }),
  logs: section({
    level: atStart(choice(['debug', 'info', 'warn', 'error', 'silent'], 'info', 'What is logged; info: every request')),
    keep: atStart(duration('7d', 'How long log files are kept')),
    max_bytes: atStart(size('512mb', 'Space for them at most')),
  }),
})

/** Durations in milliseconds, sizes in bytes. */
export type Settings = z.output<typeof SETTINGS>
