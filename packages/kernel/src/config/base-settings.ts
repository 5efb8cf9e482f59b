import { z } from 'zod'
import { isNetwork } from '../http/client-address'
import type { SettingsOf, SettingsSections } from './declare-settings'
import {
  atStart,
  choice,
  duration,
  flag,
  integer,
  list,
  optionalChoice,
  optionalInteger,
  optionalText,
  optionalUrl,
  proxies,
  requiredText,
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

/** Who may read what the server says of itself. Null: everyone in `dev`; what is said in `help` under `start`. */
const VISIBILITIES = ['public', 'operators', 'off'] as const

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
  metrics: optionalChoice(
    VISIBILITIES,
    'Who may read /metrics; null: everyone in dev, operators under start. Callers on this machine are operators here',
  ),
  docs: optionalChoice(VISIBILITIES, 'Who may open /api/docs, which shows what server.openapi shows; null: everyone'),
  openapi: optionalChoice(
    VISIBILITIES,
    'Who may read /api/openapi.json; null: everyone. Under start the admin API is described to operators only',
  ),
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

/** What of its own network the server may call. */
const callable = z.string().refine((value) => isNetwork(value) || HOST_NAME.test(value), {
  error: 'expected a host name, an address or a network like 10.0.0.0/8',
})
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i

const MODULE_PATH = { regex: /^[\w.~-]+(\/[\w.~-]+)*$/, expected: 'a path like example.com/shop/koyalite' }

const PACKAGE_NAME = { regex: /^[A-Za-z]\w*$/, expected: 'a name like koyalite or shop_api' }

/** The settings of the server itself. Each service declares its own. */
export const BASE_SETTINGS = {
  name: requiredText('Name of the project; default: the name of its folder'),
  server,
  database,
  generate: section({
    languages: list(z.enum(['typescript', 'go', 'python']), ['typescript'], 'Languages to generate clients for'),
    output: text('generated', 'Folder of generated clients'),
    typescript: section({
      extension: choice(
        ['none', 'js', 'ts'],
        'none',
        'How imports between generated files end; js: for TypeScript with node16 or nodenext; ts: for Deno',
      ),
    }),
    go: section({
      module: optionalText('Module path of the Go client; without it, it is a package of the module around it', {
        pattern: MODULE_PATH,
      }),
    }),
    python: section({
      package: text('koyalite', 'Name of the package of the Python client', { pattern: PACKAGE_NAME }),
    }),
  }),
  outbound: section({
    allow: list(
      callable,
      [],
      'Hosts, addresses and networks outside of the public internet that the server may call for providers of sign-ins, like idp.internal or 10.0.0.0/8; under dev this machine may always be called',
    ),
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
    stdout: atStart(
      flag(true, 'Whether start writes the log to standard output too, as JSON, when that is not a terminal'),
    ),
  }),
} satisfies SettingsSections

/** Durations in milliseconds, sizes in bytes. */
export type BaseSettings = SettingsOf<typeof BASE_SETTINGS>
