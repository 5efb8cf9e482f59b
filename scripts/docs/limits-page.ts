import { listOptions } from '@koyalite/kernel'
import { SETTINGS } from '@koyalite/server'
import { readConstant } from './read-constant'

const INTRODUCTION = `# Limits

What a server accepts, and what happens beyond it. Limits with the name of a [setting](settings.md) can be changed; the
others are fixed, so that no request can occupy the server. Generated from the code by \`npm run docs\`. Errors are
described in [errors.md](errors.md).
`

interface Limit {
  readonly what: string
  readonly value: string
  readonly beyond: string
}

interface Section {
  readonly title: string
  readonly limits: readonly Limit[]
}

/** docs/limits.md: every limit that a user can meet, with the value that the code has. */
export function limitsPage(): string {
  const rows = SECTIONS.flatMap(({ title, limits }) => [
    `| **${title}** | | |`,
    ...limits.map(({ what, value, beyond }) => `| ${what} | ${value} | ${beyond} |`),
  ])
  return `${INTRODUCTION}
| limit | value | beyond it |
| --- | --- | --- |
${rows.join('\n')}
`
}

const OPTIONS = new Map(listOptions(SETTINGS.tree).map((option) => [option.path, option]))

/** A limit that is a setting, with its default. */
function set(what: string, path: string, beyond: string): Limit {
  const option = OPTIONS.get(path)
  if (option === undefined) throw new Error(`there is no setting ${path}`)
  return { what, value: `${option.default ?? 'none'} (\`${path}\`)`, beyond }
}

type Unit = (value: number) => string

/** A fixed limit, by the constant that has it: `path NAME`. */
function fixed(what: string, constant: string, beyond: string, unit: Unit = count): Limit {
  const [path = '', name = ''] = constant.split(' ')
  return { what, value: unit(readConstant(path, name)), beyond }
}

const count: Unit = (value) => value.toLocaleString('en')
const characters: Unit = (value) => `${count(value)} characters`

const bytes: Unit = (value) => {
  const [divisor, name] = [
    [1024 * 1024, 'MB'],
    [1_000_000, 'MB'],
    [1024, 'kB'],
    [1000, 'kB'],
  ].find(([size]) => value % Number(size) === 0) ?? [1, 'bytes']
  return `${count(value / Number(divisor))} ${name}`
}

const duration: Unit = (value) => {
  const [ms, name] = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1_000, 'second'],
  ].find(([size]) => value % Number(size) === 0) ?? [1, 'ms']
  const amount = value / Number(ms)
  return `${count(amount)} ${name}${amount === 1 || name === 'ms' ? '' : 's'}`
}
const seconds: Unit = (value) => duration(value * 1000)
/** Units of work are about 10 ns. */
const work: Unit = (value) => `about ${count(value / 100_000)} ms of work`

const INVALID = '400 `INVALID_REQUEST`'
const RATE = '429 `RATE_LIMITED`'
const VALIDATION = '422 `VALIDATION_ERROR`'
const LOAD = 'an error of schema.yaml, with its place'
const RULE = `${LOAD}; for \`where\` 400 \`INVALID_FILTER\``
const EXPIRED = 'no longer valid: request a new one'

const LISTS = 'packages/query/src/list/limits.ts'
const CEL = 'packages/query/src/cel/syntax/syntax-parser.ts'
const AUTH = 'services/auth/src'
const LIVE = 'services/realtime/src'
const WEBHOOKS = 'services/webhooks/src'
const TRANSACTIONS = 'services/data/src/transactions'
const TOO_LARGE = '422 `TRANSACTION_TOO_LARGE`'

const SECTIONS: readonly Section[] = [
  {
    title: 'Requests',
    limits: [
      set('Size of a body', 'server.max_body', '413 `PAYLOAD_TOO_LARGE`'),
      fixed(
        'Size of the body of an import',
        'services/data/src/http/import-documents.ts IMPORT_BODY_LIMIT',
        '413 `PAYLOAD_TOO_LARGE`; `db import` sends several',
        bytes,
      ),
      fixed('Nesting of JSON', 'packages/kernel/src/http/parse-json.ts MAX_JSON_DEPTH', '400 `INVALID_JSON`'),
      fixed(
        'Values in the JSON of a body',
        'packages/kernel/src/http/parse-json.ts MAX_JSON_NODES',
        '400 `INVALID_JSON`',
      ),
      set('Time of a query', 'server.query_timeout', '503 `QUERY_TIMEOUT`'),
      fixed(
        'Evaluation of expressions outside of SQL, per request',
        'packages/contracts/src/work-budget.ts WORK_BUDGET',
        '503 `QUERY_TIMEOUT`',
        work,
      ),
      set('Open connections', 'server.max_connections', '503 `UNAVAILABLE`, and the connection is closed'),
      set('Requests per address, and per account or key', 'auth.rate_limit.api', RATE),
      fixed('Details of an error', 'packages/contracts/src/errors.ts MAX_DETAILS', 'the last one counts the others'),
    ],
  },
  {
    title: 'Lists',
    limits: [
      fixed('`limit` of a list', `${LISTS} pageMax`, INVALID),
      fixed('`limit`, if it is not given', `${LISTS} pageDefault`, 'the rest is on the next page'),
      fixed('`offset`', `${LISTS} offsetMax`, INVALID),
      fixed('`filter` parameters, comparisons of a JSON filter', `${LISTS} filters`, '400 `INVALID_FILTER`'),
      fixed('Nesting of a JSON filter', `${LISTS} filterDepth`, '400 `INVALID_FILTER`'),
      fixed('Values of `params`', `${LISTS} whereParams`, '400 `INVALID_FILTER`'),
      fixed('Values of `in` and `nin`', `${LISTS} listValues`, '400 `INVALID_FILTER`'),
      fixed('Pattern of `like`', `${LISTS} likePattern`, '400 `INVALID_FILTER`', characters),
      fixed('References that a path follows', `${LISTS} pathReferences`, '400 `INVALID_FILTER`'),
      fixed('Steps of a path into json', `${LISTS} jsonSteps`, '400 `INVALID_FILTER`'),
      fixed('Fields of `sort`', `${LISTS} sortKeys`, '400 `INVALID_SORT`'),
      fixed('Names in `fields`', `${LISTS} fieldNames`, INVALID),
      fixed('Depth of `expand`', `${LISTS} expandDepth`, INVALID),
      fixed('Relations of one `expand`', `${LISTS} expandRelations`, INVALID),
      fixed('Documents of an expanded array', `${LISTS} expandArray`, 'those with the newest keys'),
      fixed('Expanded documents of a response', `${LISTS} expandDocuments`, INVALID),
      fixed(
        'Groups of an aggregate',
        `${LISTS} aggregateGroups`,
        `${INVALID}: add a filter, or \`sort\` and \`limit\``,
      ),
      fixed('Entries of `values`', `${LISTS} aggregateValues`, INVALID),
      fixed('Entries of `group`', `${LISTS} aggregateKeys`, INVALID),
    ],
  },
  {
    title: 'Writes',
    limits: [
      fixed(
        'Operations of a batch, documents of an array',
        'services/data/src/operations/batch-operation.ts MAX_OPERATIONS',
        INVALID,
      ),
      set('Time of a batch', 'server.query_timeout', '503 `QUERY_TIMEOUT`, nothing is written'),
      fixed(
        'Response of a batch',
        'services/data/src/operations/batch-bounds.ts MAX_CHARACTERS',
        '400 `INVALID_REQUEST`, nothing is written',
        bytes,
      ),
      fixed(
        'Expressions of the assertions of a batch',
        'services/data/src/operations/batch-bounds.ts MAX_WHERE_CHARACTERS',
        INVALID,
        characters,
      ),
      fixed(
        'How long a response is stored for its `Idempotency-Key`',
        'services/data/src/store/idempotency.ts RETENTION_MS',
        'the request runs again',
        duration,
      ),
      fixed(
        'Response that is stored for an `Idempotency-Key`',
        'services/data/src/operations/idempotent-write.ts MAX_RESPONSE',
        'a repeated request is not run again, and gets a 409',
        bytes,
      ),
      fixed(
        'What a call of a function came to, kept for an `Idempotency-Key`',
        'services/data/src/operations/repeated-requests.ts MAX_KEPT',
        'a repeated call does not run again, and gets a 409 `CONFLICT` with `executed: maybe`',
        bytes,
      ),
      fixed(
        'Length of an `Idempotency-Key` of an anonymous caller, at least',
        'packages/kernel/src/http/idempotency-key.ts MIN_ANONYMOUS_LENGTH',
        INVALID,
        characters,
      ),
    ],
  },
  {
    title: 'Schema and rules',
    limits: [
      fixed('Size of a YAML file', 'packages/yaml/src/read-yaml.ts MAX_TEXT', LOAD, bytes),
      fixed('Values of a YAML file, aliases counted at each use', 'packages/yaml/src/read-yaml.ts MAX_NODES', LOAD),
      fixed('Nesting of a YAML file', 'packages/yaml/src/read-yaml.ts MAX_DEPTH', LOAD),
      fixed('Fields of a collection', 'packages/schema/src/parse-collection.ts MAX_FIELDS', LOAD),
      fixed('`pattern` of a field', 'packages/schema/src/pattern.ts MAX_PATTERN', LOAD, characters),
      fixed(
        'Length of a rule or `where`',
        'packages/query/src/cel/syntax/parse-cel.ts MAX_SOURCE_LENGTH',
        RULE,
        characters,
      ),
      fixed('Parts of a rule, with its definitions, or of a `where`', `${CEL} MAX_NODES`, RULE),
      fixed('Nesting of a rule, with its definitions, or of a `where`', `${CEL} MAX_DEPTH`, RULE),
      fixed('Elements of a list in a rule or `where`', `${CEL} MAX_LIST_ITEMS`, RULE),
      fixed('Parameters of a definition', 'packages/schema/src/parse-definitions.ts MAX_PARAMETERS', LOAD),
      fixed('Definitions that call one another in a row', `${CEL} MAX_DEPTH`, LOAD),
      fixed(
        'Parts of all rules that call definitions together',
        'packages/query/src/cel/check/check-cel.ts MAX_EXPANDED',
        LOAD,
      ),
      fixed(
        'Cases of a file of rule tests, over the admin API',
        'services/rules/src/http/rules-routes.ts MAX_CASES',
        'the file is not run: use `koyalite rules test`',
      ),
    ],
  },
  {
    title: 'Live queries',
    limits: [
      set('Open live connections', 'realtime.max_sockets', '503 `UNAVAILABLE`'),
      set('Subscriptions of a connection', 'realtime.max_subscriptions', RATE),
      fixed(
        'Time between two reads of a live aggregate, at least',
        `${LIVE}/engine/live-engine.ts AGGREGATE_MS`,
        'changes come together',
        duration,
      ),
      set('Documents in the lists of a connection', 'realtime.max_documents', '409 `TOO_MANY_DOCUMENTS`'),
      set('Memory of all live queries', 'realtime.memory', '503 `REALTIME_BUSY`'),
      fixed('Queries of a connection', `${LIVE}/sessions/subscription-budget.ts MAX_OF_CONNECTION`, RATE, bytes),
      fixed(
        'Queries of a user, and of an address',
        `${LIVE}/sessions/subscription-budget.ts MAX_OF_HOLDER`,
        RATE,
        bytes,
      ),
      fixed(
        'Size of a message',
        'packages/kernel/src/websocket/serve-web-sockets.ts MAX_MESSAGE',
        'the connection is closed',
        bytes,
      ),
      fixed(
        'Messages of a connection that wait',
        `${LIVE}/sessions/message-session.ts MAX_WAITING`,
        'the connection is closed',
      ),
      fixed(
        'Silence on a WebSocket',
        'packages/kernel/src/websocket/serve-web-sockets.ts IDLE_SECONDS',
        'the connection is closed: send `ping`',
        seconds,
      ),
      fixed('Validity of a ticket for an event stream', `${LIVE}/sessions/tickets.ts TICKET_SECONDS`, EXPIRED, seconds),
      set('Change log, for clients that continue', 'database.changes.keep', 'they get a snapshot'),
      set('Size of the change log', 'database.changes.max_bytes', 'they get a snapshot'),
    ],
  },
  {
    title: 'Authentication',
    limits: [
      set('Sign-in attempts, per address and account', 'auth.rate_limit.login', RATE),
      set('Registrations, per address', 'auth.rate_limit.register', RATE),
      set('Password reset emails, per address and account', 'auth.rate_limit.password_reset', RATE),
      set('Other emailed links and codes, per caller and recipient', 'auth.rate_limit.mail', RATE),
      fixed(
        'Wrong passwords or codes in a row',
        `${AUTH}/operations/sign-in/login-lock.ts FREE_FAILURES`,
        'the account is locked',
      ),
      fixed(
        'First lock; each further failure doubles it',
        `${AUTH}/operations/sign-in/login-lock.ts FIRST_LOCK`,
        RATE,
        duration,
      ),
      fixed('Longest lock', `${AUTH}/operations/sign-in/login-lock.ts LONGEST_LOCK`, RATE, duration),
      fixed('Wrong guesses at an emailed code', `${AUTH}/operations/sign-in/email-otp.ts GUESSES`, EXPIRED),
      fixed(
        'Wrong guesses at a second factor, per sign-in',
        `${AUTH}/operations/second-factor/second-step.ts GUESSES`,
        'sign in again',
      ),
      set('Length of a password, at least', 'auth.password.min_length', VALIDATION),
      fixed('Length of a password', `${AUTH}/passwords/password-policy.ts MAX_BYTES`, VALIDATION, bytes),
      set('Lifetime of an access token', 'auth.jwt.access_ttl', '401 `UNAUTHENTICATED`: refresh'),
      set('Lifetime of a refresh token', 'auth.jwt.refresh_ttl', '401 `UNAUTHENTICATED`: sign in'),
      fixed(
        'Repeated use of a refresh token',
        `${AUTH}/operations/sessions/refresh-session.ts REFRESH_GRACE`,
        'the session ends',
        duration,
      ),
      set('Lifetime of a session', 'auth.sessions.absolute', '401 `UNAUTHENTICATED`: sign in'),
      set('Inactivity of a session', 'auth.sessions.inactivity', '401 `UNAUTHENTICATED`: sign in'),
      set('Freshness of a sign-in, to change credentials', 'auth.sessions.fresh', '403 `reauthentication_required`'),
      fixed(
        'Validity of a link to confirm a registration',
        `${AUTH}/operations/accounts/pending-registration.ts PENDING_TTL`,
        EXPIRED,
        duration,
      ),
      fixed(
        'Validity of a link to a new address',
        `${AUTH}/operations/accounts/change-email.ts CHANGE_TTL`,
        EXPIRED,
        duration,
      ),
      fixed('Validity of an emailed code', `${AUTH}/operations/sign-in/email-otp.ts OTP_TTL`, EXPIRED, duration),
      fixed(
        'Validity of a setup link, and of a link for an operator’s password',
        `${AUTH}/operations/operators/operator-password.ts LINK_TTL`,
        EXPIRED,
        duration,
      ),
      fixed(
        'Time for the second factor',
        `${AUTH}/operations/sign-in/sign-in-user.ts MFA_TTL`,
        'sign in again',
        duration,
      ),
      fixed(
        'Time to sign in at a provider',
        `${AUTH}/operations/oauth/oauth-start.ts OAUTH_TTL`,
        'start again',
        duration,
      ),
      fixed(
        'Time to exchange the code of a redirect',
        `${AUTH}/operations/oauth/oauth-exchange.ts EXCHANGE_TTL`,
        'start again',
        duration,
      ),
      fixed(
        'Time to complete a profile',
        `${AUTH}/operations/oauth/oauth-profile.ts PROFILE_TTL`,
        'start again',
        duration,
      ),
      fixed('Response of a provider', `${AUTH}/oauth/provider-fetch.ts MAX_ANSWER`, '401 `UNAUTHENTICATED`', bytes),
      fixed('Passkeys of a user', `${AUTH}/operations/second-factor/passkeys.ts MAX_PASSKEYS`, '409 `CONFLICT`'),
      fixed(
        'Impersonation of a user',
        `${AUTH}/operations/users/impersonate.ts IMPERSONATION_TTL`,
        '401 `UNAUTHENTICATED`',
        duration,
      ),
    ],
  },
  {
    title: 'Webhooks',
    limits: [
      fixed('A body', `${WEBHOOKS}/delivery/message-body.ts MAX_BODY_BYTES`, 'the key, and `truncated`', bytes),
      fixed('Time for an answer', `${WEBHOOKS}/delivery/send-message.ts SEND_TIMEOUT_MS`, 'it is sent again', duration),
      fixed('Requests to one endpoint at once', `${WEBHOOKS}/delivery/sender.ts MAX_AT_ONCE`, 'they wait'),
      set('Events that wait for one endpoint', 'webhooks.max_waiting', 'they are counted, and can be replayed'),
      fixed('Endpoints', `${WEBHOOKS}/operations/manage-endpoints.ts MAX_ENDPOINTS`, '409 `CONFLICT`'),
    ],
  },
  {
    title: 'Transactions of functions',
    limits: [
      fixed('Reads of an optimistic one', `${TRANSACTIONS}/optimistic-transaction.ts MAX_READS`, TOO_LARGE),
      fixed('Documents that it reads', `${TRANSACTIONS}/optimistic-transaction.ts MAX_DOCUMENTS`, TOO_LARGE),
      fixed('Documents that it writes', `${TRANSACTIONS}/optimistic-transaction.ts MAX_WRITES`, TOO_LARGE),
      fixed(
        'Time that a function may hold the writer, of a minute',
        `${TRANSACTIONS}/writer-share.ts MAX_HELD_MS`,
        '503 `TRANSACTION_BUSY`',
        duration,
      ),
    ],
  },
]
