import { readChoice } from '@koyalite/schema'
import type { YamlEntry } from '@koyalite/yaml'
import { functionNameProblem } from '../function-name'
import { packageNameProblem, readDependencies } from './dependencies'
import { key, type ManifestKey } from './manifest-key'
import { readNetwork } from './network'
import { readEnv } from './read-env'
import { readQueue } from './read-queue'
import { readSchedule } from './read-schedule'
import {
  readCondition,
  readCount,
  readDuration,
  readFlag,
  readItems,
  readItemText,
  readRate,
  readShare,
  readSize,
} from './read-value'
import { routeProblem } from './route-pattern'

const RUNTIMES = ['bun', 'node', 'deno', 'python', 'go'] as const
export type Runtime = (typeof RUNTIMES)[number]

const ISOLATIONS = ['auto', 'process', 'sandbox', 'container'] as const
export type Isolation = (typeof ISOLATIONS)[number]

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
export type Method = (typeof METHODS)[number]

/** Every key of a manifest, in the order of the reference page. The parser, the check of `config` in code and that page are made of it. */
export const MANIFEST_KEYS = {
  name: key((entry, report) => readItemText(entry.value, functionNameProblem, report), {
    type: 'name',
    default: 'the name of the file or folder',
    help: 'What the function is called by',
  }),
  runtime: key((entry, report) => readChoice(entry, RUNTIMES, report), {
    type: choices(RUNTIMES),
    default: '`bun` for .ts, .js and .mjs, `python` for .py, `go` for .go',
    help: 'What runs it. `node` is Node.js itself',
  }),
  access: key(readCondition, {
    type: 'CEL expression',
    default: 'none: not callable over HTTP',
    help: 'Who may call it, over `auth` and `request`. Without it, operators, keys with `functions:invoke` and the server itself may',
  }),
  auth: key((entry, report) => readChoice(entry, ['none'], report), {
    type: '`none`',
    default: 'credentials are taken',
    help: '`none`: everyone is anonymous, and the function sees the `Authorization` header. For webhooks of other services',
  }),
  admin: key(readFlag, {
    type: '`true` or `false`',
    default: '`false`',
    help: "Whether `ctx.admin.db` works, which has the server's rights and is audited",
  }),
  read: key(readFlag, {
    type: '`true` or `false`',
    default: '`false`',
    help: 'It only reads: `ctx.db` refuses writes',
  }),
  calls: key((entry, report) => readItems(entry, (item) => readItemText(item, functionNameProblem, report), report), {
    type: 'list of names',
    default: 'none',
    help: 'The functions that `ctx.functions.call` may call',
  }),
  queue: key(readQueue, {
    type: '`true`, the name of a queue, or a map like `{ timeout: 1h, retry: { max_attempts: 5 } }`',
    default: 'it runs no jobs',
    help: 'It runs jobs: [how](functions-jobs.md), and what the map may say',
  }),
  queues: key((entry, report) => readItems(entry, (item) => readItemText(item, functionNameProblem, report), report), {
    type: 'list of names',
    default: 'none',
    help: 'The functions that `ctx.queue.push` may push jobs of',
  }),
  schedule: key(readSchedule, {
    type: 'pattern like `0 8 * * *`, or a map with `cron`, `timezone`, `overlap`, `missed`, `jitter`, `payload`',
    default: 'none',
    help: 'When it runs by itself, as a job that nobody has pushed: [how](functions-jobs.md#schedules)',
  }),
  run_as: key((entry, report) => readChoice(entry, ['enqueuer', 'system'], report), {
    type: '`enqueuer`, `system`',
    default: '`enqueuer`',
    help: 'As whom its jobs run. With `system`, which takes `admin: true`, they have no caller: `ctx.auth` is null and `ctx.db` throws NO_CALLER',
  }),
  events: key((entry, report) => readItems(entry, (item) => readItemText(item, eventPatternProblem, report), report), {
    type: 'list of events, like `[posts.created, orders.*]`',
    default: 'none',
    help: 'The events that call it: [how](functions-events.md)',
  }),
  ignore_own: key(readFlag, {
    type: '`true` or `false`',
    default: '`false`',
    help: 'Changes that it makes itself do not call it, by `events`',
  }),
  publishes: key(
    (entry, report) => readItems(entry, (item) => readItemText(item, eventPatternProblem, report), report),
    {
      type: 'list of events, like `[orders.paid]` or `[orders.*]`',
      default: 'none',
      help: "The project's own events that `ctx.events.publish` may publish",
    },
  ),
  rate: key(readRate, {
    type: 'rate, like `5/minute`',
    default: 'none',
    help: 'Limit of calls per caller: user, key or address',
  }),
  network: key(readNetwork, {
    type: '`none`, `all` or a list like `[api.stripe.com:443]`',
    default: '`none`',
    help: 'What it can reach besides the server, by way of its egress proxy; `all` shares the network of the machine, too',
  }),
  env: key(readEnv, {
    type: 'map, like `{ STRIPE_KEY: "${STRIPE_KEY}" }`',
    default: 'none',
    help: 'Its environment variables, as `ctx.env`. `${VAR}` is read from .env or the environment of the server, and must be set',
    secret: true,
  }),
  dependencies: key(readDependencies, {
    type: 'list or map of packages',
    default: 'those of the package.json, requirements or go.mod beside it',
    help: 'Packages from the registry: `[pillow==10.0.0]`, or `{ nodemailer: "^6.9.0" }` for npm',
  }),
  trusted: key((entry, report) => readItems(entry, (item) => readItemText(item, packageNameProblem, report), report), {
    type: 'list of packages',
    default: 'none',
    help: 'Packages whose install scripts run; those of others do not',
  }),
  build_env: key(readEnv, {
    type: 'map',
    default: 'none',
    help: 'Environment variables while its dependencies are installed; the running function does not have them',
    secret: true,
  }),
  isolation: key((entry, report) => readChoice(entry, ISOLATIONS, report), {
    type: choices(ISOLATIONS),
    default: 'the setting `functions.isolation`',
    help: 'How it is separated from the server; `auto` takes the strongest that the machine has',
  }),
  start_timeout: key(readDuration, {
    type: 'duration',
    default: '`10s`',
    help: 'How long an instance may take to start',
  }),
  timeout: key(readDuration, {
    type: 'duration',
    default: 'the setting `functions.timeout`',
    help: 'How long a call may take; of a raw function, until the first byte of its response',
  }),
  stream_timeout: key(readDuration, {
    type: 'duration',
    default: 'none',
    help: 'How long the response of a raw function may take after its first byte',
  }),
  memory: key(readSize, {
    type: 'size',
    default: 'the setting `functions.memory`',
    help: 'Memory limit of an instance. Beyond it, the instance is ended with all its calls',
  }),
  cpu: key(readShare, {
    type: 'number',
    default: 'the setting `functions.cpu`',
    help: 'CPU limit of an instance, in processors',
  }),
  concurrency: key(readCount, {
    type: 'number',
    default: '`10`; `1` for `python`',
    help: 'How many calls an instance runs at a time. They share the state of its modules',
  }),
  route: key((entry, report) => readItemText(entry.value, routeProblem, report), {
    type: 'path, like `/hooks/stripe`',
    default: 'none',
    help: 'Another address of it, with parameters (`/shop/:id`) and a rest (`/files/*`)',
  }),
  methods: key((entry, report) => readItems(entry, (item) => readMethod(item, report), report), {
    type: `list of ${choices(METHODS)}`,
    default: '`[POST]`; of a raw function, all',
    help: 'HTTP methods that it takes. `OPTIONS` only with `cors: own`',
  }),
  max_body: key(readSize, {
    type: 'size',
    default: 'the setting `server.max_body`',
    help: 'Maximum size of a request body',
  }),
  cors: key((entry, report) => readChoice(entry, ['own'], report), {
    type: '`own`',
    default: 'the server adds the headers of `server.cors`',
    help: '`own`: a raw function answers `OPTIONS` itself, and the server adds nothing',
  }),
  html: key(readFlag, {
    type: '`true` or `false`',
    default: '`false`',
    help: 'Whether pages from a raw function run as pages of this origin. Otherwise browsers sandbox them',
  }),
} as const satisfies Readonly<Record<string, ManifestKey<unknown>>>

export type ManifestKeyName = keyof typeof MANIFEST_KEYS

/** What was written, read. */
export type ManifestValues = {
  readonly [K in ManifestKeyName]?: NonNullable<ReturnType<(typeof MANIFEST_KEYS)[K]['read']>>
}

/** Whether there are such events is known with the schema. */
function eventPatternProblem(text: string): string | undefined {
  if (EVENT_PATTERN.test(text)) return undefined
  return `'${text.slice(0, 100)}' is not an event: use names like posts.created, or posts.* and * for several`
}

const EVENT_PATTERN = /^(\*|[a-z][a-z0-9_]*(\.[a-z0-9_]+)*\.(\*|[a-z0-9_]+))$/

function choices(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ')
}

function readMethod(item: YamlEntry['value'], report: Parameters<ManifestKey<unknown>['read']>[1]): Method | undefined {
  return readChoice({ key: 'methods', keyPosition: item.position, value: item }, METHODS, report)
}
