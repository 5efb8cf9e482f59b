import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeSettings, formatSettingsProblem, type LoadedSettings, loadSettings } from '@koyalite/kernel'
import { SETTINGS, type Settings } from '../compose'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

function load(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
  overrides: Readonly<Record<string, string>> = {},
): LoadedSettings<Settings> {
  const dir = mkdtempSync(join(tmpdir(), 'koyalite settings '))
  folders.push(dir)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
  return loadSettings({ declaration: SETTINGS, dir, env, overrides })
}

function settingsOf(...args: Parameters<typeof load>) {
  const loaded = load(...args)
  if (!loaded.ok) throw new Error(loaded.problems.map(formatSettingsProblem).join('\n'))
  return loaded
}

function problemsOf(...args: Parameters<typeof load>): readonly string[] {
  const loaded = load(...args)
  return loaded.ok ? [] : loaded.problems.map(formatSettingsProblem)
}

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(24, 'koyalite').toString('base64')}`

describe('defaults', () => {
  test('an empty folder has all of them, parsed to numbers', () => {
    const { settings, environment, sources } = settingsOf({})
    expect(environment).toBe('dev')
    expect(sources.size).toBe(0)
    expect(settings.name).toStartWith('koyalite settings ')
    expect(settings.server).toEqual({
      host: '127.0.0.1',
      port: 8090,
      url: null,
      cors: { origins: ['*'], credentials: false },
      headers: {},
      max_body: 10 * 1024 * 1024,
      trust_proxy: false,
      query_timeout: 5000,
      metrics: null,
      docs: null,
      openapi: null,
      max_connections: null,
    })
    expect(settings.database.changes).toEqual({ keep: 86_400_000, max_bytes: 256 * 1024 * 1024 })
    expect(settings.auth.rate_limit.password_reset).toEqual({ count: 3, per: 3_600_000 })
    expect(settings.logs).toEqual({ level: 'info', keep: 7 * 86_400_000, max_bytes: 512 * 1024 * 1024, stdout: true })
    expect(settings.webhooks).toEqual({ allow: [], endpoints: [], max_waiting: 100_000, keep: 7 * 86_400_000 })
  })

  test.each([
    ['false', false],
    ['true', true],
    ['2', 2],
    ['[10.0.0.0/8, "2001:db8::/32", 192.0.2.1]', ['10.0.0.0/8', '2001:db8::/32', '192.0.2.1']],
  ])('proxies are believed as %s says, in files and variables', (written, value) => {
    const inFile = settingsOf({ 'koyalite.yaml': `server: { trust_proxy: ${written} }\n` })
    expect(inFile.settings.server.trust_proxy).toEqual(value)
    const variable = Array.isArray(value) ? value.join(', ') : written
    expect(settingsOf({}, { KOYALITE_SERVER_TRUST_PROXY: variable }).settings.server.trust_proxy).toEqual(value)
  })

  test.each(['-1', '17', '1.5', 'yes', '[10.0.0.0/33]', '[localhost]', '["10.0.0.0/"]', '{}'])(
    'trust_proxy: %s is refused',
    (written) => {
      const text = problemsOf({ 'koyalite.yaml': `server: { trust_proxy: ${written} }\n` }).join()
      expect(text).toContain('koyalite.yaml:1:')
      expect(text).toMatch(/server\.trust_proxy.*(expected|must be)/)
    },
  )

  test.each(['8090.0000000000000001', '8090.5', '1e400', '.inf', '750727362669608961'])(
    'port: %s is refused',
    (written) => {
      expect(problemsOf({ 'koyalite.yaml': `server: { port: ${written} }\n` }).join()).toContain('server.port')
      expect(problemsOf({}, { KOYALITE_SERVER_PORT: written }).join()).toContain('server.port')
    },
  )

  test('an empty file, and one of comments only, change nothing', () => {
    expect(settingsOf({ 'koyalite.yaml': '' }).settings.server.port).toBe(8090)
    expect(settingsOf({ 'koyalite.yaml': '# nothing\n' }).settings.server.port).toBe(8090)
  })
})

describe('precedence', () => {
  const files = {
    'koyalite.yaml': 'server:\n  port: 1001\n  host: 0.0.0.0\n  cors: { origins: ["https://a.example.com"] }\n',
    'koyalite.staging.yaml': 'server: { port: 1002 }\n',
    '.env': 'KOYALITE_SERVER_PORT=1003\nKOYALITE_ENV=staging\n',
    '.env.staging': 'KOYALITE_SERVER_PORT=1004\n',
  }
  const without = (...names: string[]) =>
    Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)))

  test('a flag beats the process, which beats .env.<env>, .env, the overlay and the file', () => {
    const env = { KOYALITE_ENV: 'staging' }
    const port = (f: Readonly<Record<string, string>>, e: Readonly<Record<string, string>> = env, o = {}) =>
      settingsOf(f, e, o).settings.server.port
    expect(port(files, { ...env, KOYALITE_SERVER_PORT: '1005' }, { 'server.port': '1006' })).toBe(1006)
    expect(port(files, { ...env, KOYALITE_SERVER_PORT: '1005' })).toBe(1005)
    expect(port(files)).toBe(1004)
    expect(port(without('.env.staging'))).toBe(1003)
    expect(port(without('.env.staging', '.env'))).toBe(1002)
    expect(port(without('.env.staging', '.env', 'koyalite.staging.yaml'))).toBe(1001)
  })

  test('maps are merged, and each value knows its source', () => {
    const { settings, sources, environment } = settingsOf(files)
    expect(environment).toBe('staging')
    expect(settings.server.host).toBe('0.0.0.0')
    expect(settings.server.cors.origins).toEqual(['https://a.example.com'])
    expect(sources.get('server.port')).toBe('.env.staging: KOYALITE_SERVER_PORT')
    expect(sources.get('server.host')).toBe('koyalite.yaml:3:9')
  })

  test('another environment leaves the overlay alone', () => {
    expect(settingsOf(files, { KOYALITE_ENV: 'production' }).settings.server.port).toBe(1003)
  })
})

describe('overrides by variable', () => {
  test('names with underscores, lists, sections and tables are found along the tree', () => {
    const { settings } = settingsOf(
      {},
      {
        KOYALITE_SERVER_MAX_BODY: '1mb',
        KOYALITE_SERVER_TRUST_PROXY: 'true',
        KOYALITE_DATABASE_CHANGES_MAX_BYTES: '5kb',
        KOYALITE_SERVER_CORS_ORIGINS: 'https://a.example.com, https://b.example.com',
        KOYALITE_SERVER_HEADERS: '{"X-Frame-Options":"SAMEORIGIN"}',
        KOYALITE_GENERATE_LANGUAGES: '["go"]',
        KOYALITE_AUTH_OAUTH_GITHUB_CLIENT_ID: '1234',
        KOYALITE_AUTH_RATE_LIMIT_API: 'null',
        KOYALITE_FUNCTIONS_CPU: '0.5',
        KOYALITE_WEBHOOKS_ENDPOINTS: `[{"name":"w","events":["posts.created"],"url":"https://example.com/hook","secret":"${WEBHOOK_SECRET}"}]`,
        PATH: '/bin',
      },
    )
    expect(settings.server.max_body).toBe(1024 ** 2)
    expect(settings.server.trust_proxy).toBe(true)
    expect(settings.database.changes.max_bytes).toBe(5120)
    expect(settings.server.cors.origins).toEqual(['https://a.example.com', 'https://b.example.com'])
    expect(settings.server.headers).toEqual({ 'X-Frame-Options': 'SAMEORIGIN' })
    expect(settings.generate.languages).toEqual(['go'])
    expect(settings.auth.oauth.github?.client_id).toBe('1234')
    expect(settings.auth.rate_limit.api).toBeNull()
    expect(settings.functions.cpu).toBe(0.5)
    expect(settings.webhooks.endpoints[0]?.url).toBe('https://example.com/hook')
  })

  test.each([
    [
      { KOYALITE_SERVER_PROT: '1' },
      "KOYALITE_SERVER_PROT is not the name of an option (did you mean 'KOYALITE_SERVER_PORT'?)",
    ],
    [{ KOYALITE_SERVER_PORT: 'x' }, 'KOYALITE_SERVER_PORT server.port: expected a number, not "x"'],
    [{ KOYALITE_SERVER_PORT: '70000' }, 'KOYALITE_SERVER_PORT server.port: must be at most 65535'],
    [
      { KOYALITE_SERVER_MAX_BODY: '10' },
      'KOYALITE_SERVER_MAX_BODY server.max_body: expected a size like 512kb, 10mb or 1gb',
    ],
    [{ KOYALITE_SERVER: 'x' }, 'KOYALITE_SERVER server: expected options under it, not "x"'],
    [{ KOYALITE_ENV: 'prod' }, "KOYALITE_ENV must be one of dev, staging, production (did you mean 'production'?)"],
  ] as const)('%o is refused', (env, problem) => {
    expect(problemsOf({}, env as Record<string, string>)).toEqual([problem])
  })
})

describe('${VAR}', () => {
  const yaml = (value: string) => ({ 'koyalite.yaml': `server:\n  port: ${value}\n` })

  test('is replaced from the process, .env.<env> and .env, and gets the type of its option', () => {
    const files = { ...yaml('"${P}"'), '.env': 'P=1', '.env.dev': 'P=2' }
    expect(settingsOf(files, { P: '3' }).settings.server.port).toBe(3)
    expect(settingsOf(files).settings.server.port).toBe(2)
    expect(settingsOf(yaml('"${P:-4}"')).settings.server.port).toBe(4)
    expect(settingsOf(yaml('"${P:-4}"'), { P: '' }).settings.server.port).toBe(4)
    expect(settingsOf(yaml('${P:-5}')).settings.server.port).toBe(5)
  })

  test('passkeys belong to a domain, and pages of others cannot use them', () => {
    const written = (passkeys: string) => ({ 'koyalite.yaml': `auth: { passkeys: ${passkeys} }` })
    const good =
      '{ rp_id: example.com, origins: ["https://app.example.com", "https://example.com:8443", "android:apk-key-hash:Zm9v"] }'
    expect(settingsOf(written(good)).settings.auth.passkeys.rp_id).toBe('example.com')
    expect(problemsOf(written('{ rp_id: example.com, origins: ["https://badexample.com"] }'))).toEqual([
      'koyalite.yaml:1:51 auth.passkeys.origins.0: browsers reject passkeys of example.com on badexample.com: list origins on example.com or its subdomains',
    ])
    for (const wrong of ['https://example.com', 'Example.com', 'example.com:443', 'example..com'])
      expect(problemsOf(written(`{ rp_id: "${wrong}" }`))[0]).toContain('expected a domain like example.com')
    for (const wrong of ['app.example.com', 'https://example.com/path', 'javascript:alert(1)'])
      expect(problemsOf(written(`{ origins: ["${wrong}"] }`))[0]).toContain('expected an origin')
  })

  test('claims fill fields that the schema adds, never those that say who somebody is', () => {
    const written = (profile: string) => ({
      'koyalite.yaml': `auth: { oauth: { corp: { client_id: a, issuer: https://x.example.com, profile: ${profile} } } }`,
    })
    const { profile } = settingsOf(written('{ name: name, metadata: settings }')).settings.auth.oauth.corp ?? {}
    expect(profile).toEqual({ name: 'name', metadata: 'settings' })
    for (const field of ['id', 'email', 'role', 'verified', 'claims', 'created_at', 'Name'])
      expect(problemsOf(written(`{ ${field}: x }`))[0]).toContain('a field of users that the schema adds')
  })

  test('can be part of a text, stand twice, and be escaped', () => {
    const files = { 'koyalite.yaml': 'name: "a-${A}-${B:-b}-$${C}"\n' }
    expect(settingsOf(files, { A: 'x' }).settings.name).toBe('a-x-b-${C}')
  })

  test('a value is not expanded again', () => {
    expect(settingsOf({ 'koyalite.yaml': 'name: "${A}"' }, { A: '${B}' }).settings.name).toBe('${B}')
  })

  test('unset: an optional option stays unset with a warning, another is a problem', () => {
    const oauth = 'auth:\n  oauth:\n    github: { client_id: "${GH_ID}", client_secret: "${GH_SECRET}" }\n'
    const { settings, warnings } = settingsOf({ 'koyalite.yaml': oauth })
    expect(settings.auth.oauth.github).toEqual({
      client_id: null,
      client_secret: null,
      scopes: [],
      issuer: null,
      nonce: true,
      profile: {},
    })
    expect(warnings.map(formatSettingsProblem)).toEqual([
      'koyalite.yaml:3:26 auth.oauth.github.client_id is not set: the environment variable GH_ID is missing',
      'koyalite.yaml:3:53 auth.oauth.github.client_secret is not set: the environment variable GH_SECRET is missing',
    ])
    expect(problemsOf(yaml('"${P}"'))[0]).toBe(
      'koyalite.yaml:2:9 server.port needs the environment variable P, which is not set; set it, or write ${P:-default}',
    )
  })
})

describe('mistakes', () => {
  test('are found all at once, each with its place and a suggestion', () => {
    const yaml = [
      'server:',
      '  prot: 1',
      '  host: 5',
      '  max_body: 10 megabytes',
      'database: { durability: ful }',
      'sever: {}',
      'auth:',
      '  jwt: { secret: short }',
      '  oauth: { github: { client_idd: x } }',
      '  rate_limit: { login: 5/fortnight }',
      'webhooks:',
      '  endpoints: [{ name: a, url: "https://example.com", evnts: [a.b] }]',
      'logs: { level: loud }',
    ].join('\n')
    expect(problemsOf({ 'koyalite.yaml': yaml }).toSorted()).toEqual(
      [
        "koyalite.yaml:2:3 unknown option 'server.prot' (did you mean 'port'?)",
        'koyalite.yaml:3:9 server.host: expected text, not 5',
        'koyalite.yaml:4:13 server.max_body: expected a size like 512kb, 10mb or 1gb',
        "koyalite.yaml:5:25 database.durability: must be one of full, normal (did you mean 'full'?)",
        "koyalite.yaml:6:1 unknown option 'sever' (did you mean 'server'?)",
        'koyalite.yaml:8:18 auth.jwt.secret: must have at least 32 characters',
        "koyalite.yaml:9:22 unknown option 'auth.oauth.github.client_idd' (did you mean 'client_id'?)",
        'koyalite.yaml:10:24 auth.rate_limit.login: expected a rate like 5/minute (second, minute, hour or day)',
        "koyalite.yaml:12:54 unknown option 'webhooks.endpoints.0.evnts' (did you mean 'events'?)",
        'koyalite.yaml:13:16 logs.level: must be one of debug, info, warn, error, silent',
      ].toSorted(),
    )
  })

  test('what an item of a list must have is named where it is missing', () => {
    const yaml = 'webhooks:\n  endpoints:\n    - { url: "https://example.com" }\n    - { name: a }\n    - text\n'
    expect(problemsOf({ 'koyalite.yaml': yaml })).toEqual([
      'koyalite.yaml:3:7 webhooks.endpoints.0.name: is required (Name of the endpoint: lower-case letters, digits, - and _)',
      'koyalite.yaml:4:7 webhooks.endpoints.1.url: is required (URL to send events to)',
      'koyalite.yaml:5:7 webhooks.endpoints.2: expected options under it, not "text"',
    ])
  })

  test.each([
    ['- a\n', 'koyalite.yaml:1:1 expected options like server: or logs:'],
    ['server: [1\n', /^koyalite.yaml:2:1 /],
    ['server: { port: 1 }\nserver: { port: 2 }\n', "koyalite.yaml:2:1 'server' is given twice (first in line 1)"],
    ['server: { port: 1, port: 2 }\n', "koyalite.yaml:1:20 'port' is given twice (first in line 1)"],
    [
      'server: { cors: { credentials: true } }\n',
      /^koyalite.yaml:1:32 server.cors.credentials: credentials require explicit origins/,
    ],
    [
      'studio: { path: /admin/ }\n',
      /^koyalite.yaml:1:17 studio.path: expected a path like \/_ or \/admin, in lower case/,
    ],
    ['studio: { path: /api/admin }\n', /^koyalite.yaml:1:17 studio.path: something else is served there: .*\/api, /],
    [
      'server: { cors: { origins: [example.com] } }\n',
      /^koyalite.yaml:1:29 server.cors.origins.0: expected '\*' or an origin/,
    ],
    ['email: { transport: smtp }\n', 'koyalite.yaml:1:21 email.transport: smtp needs email.url'],
    ['server: { url: example.com }\n', /expected an address like https:/],
  ])('%j', (yaml, problem) => {
    const [first] = problemsOf({ 'koyalite.yaml': yaml })
    if (typeof problem === 'string') expect(first).toBe(problem)
    else expect(first).toMatch(problem)
  })

  test('a limit for a route that no request could be is one', () => {
    const routes = (name: string) =>
      problemsOf({ 'koyalite.yaml': `auth: { rate_limit: { routes: { "${name}": 5/minute } } }` })
    expect(routes('POST /api/functions/:name')).toEqual([])
    expect(routes('* /api/files/*')).toEqual([])
    for (const name of ['/api/batch', 'FETCH /api/batch', 'POST api/batch'])
      expect(routes(name)).toEqual([
        expect.stringContaining('expected a method (or *) and a path, like POST /api/functions/:name'),
      ])
  })

  test('of an overlay and of .env name their file', () => {
    expect(problemsOf({ 'koyalite.dev.yaml': 'a: 1', '.env': 'KOYALITE_BOGUS_NAME=1' })).toEqual([
      '.env: KOYALITE_BOGUS_NAME is not the name of an option',
      "koyalite.dev.yaml:1:1 unknown option 'a'",
    ])
  })
})

describe('secrets', () => {
  const secret = 'correct-horse-battery-staple-0123456789'

  test('are masked where settings are described, wherever they came from', () => {
    const { settings } = settingsOf(
      {
        'koyalite.yaml': `auth: { oauth: { github: { client_secret: ${secret} } } }\nwebhooks: { endpoints: [{ name: w, events: [posts.created], url: "https://example.com", secret: ${WEBHOOK_SECRET} }] }`,
      },
      { KOYALITE_AUTH_JWT_SECRET: secret, KOYALITE_DATABASE_ENCRYPTION_KEY: secret },
    )
    expect(settings.auth.jwt.secret).toBe(secret)
    const shown = JSON.stringify(describeSettings(SETTINGS.tree, settings))
    expect(shown).not.toContain(secret)
    expect(shown).not.toContain(WEBHOOK_SECRET)
    expect(shown).toContain('"encryption_key":"••••••"')
    expect(shown).toContain('"api_key":null')
    expect(shown).toContain('"port":8090')
  })

  test('do not appear in problems', () => {
    const problems = problemsOf({ 'koyalite.yaml': 'auth: { jwt: { secret: 12345678 } }' })
    expect(problems).toEqual(['koyalite.yaml:1:24 auth.jwt.secret: expected text'])
  })
})
