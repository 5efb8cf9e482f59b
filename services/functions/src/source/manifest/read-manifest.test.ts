import { describe, expect, test } from 'bun:test'
import { formatSourceProblem } from '../source-problem'
import { MANIFEST_KEYS } from './manifest-keys'
import { checkConfig, parseManifest } from './read-manifest'

function problems(text: string): readonly string[] {
  return parseManifest(text, { file: 'functions/pay.yaml' }).problems.map(formatSourceProblem)
}

function inCode(config: unknown): readonly string[] {
  return checkConfig(config, { file: 'functions/pay.ts' }).problems.map(formatSourceProblem)
}

const WHOLE = `name: pay
runtime: node
access: auth.id != null
auth: none
admin: true
read: false
calls: [refund, send-digest]
queue: { name: mail, timeout: 1h, retry: { max_attempts: 3, base: 1s, max: 1m }, group_concurrency: 2, key_scope: all, sensitive: true, result: true }
queues: [send-digest]
schedule: { cron: 0 8 * * 1, timezone: Europe/Berlin, overlap: allow, missed: skip, jitter: 5m, payload: { week: true } }
run_as: system
events: [posts.created, orders.*, '*']
ignore_own: true
publishes: [orders.paid]
rate: 5/minute
network: [api.Stripe.com:443, "[2001:db8::1]:5432"]
env: { STRIPE_KEY: "\${STRIPE_KEY}", LOG_LEVEL: debug }
dependencies: { stripe: ^17.0.0, "@scope/pkg": "1.x" }
trusted: [sharp]
build_env: { NPM_TOKEN: "\${NPM_TOKEN}" }
isolation: sandbox
start_timeout: 20s
timeout: 1.5m
stream_timeout: 24h
memory: 512mb
cpu: 0.5
concurrency: 4
route: /hooks/stripe/:id/*
methods: [GET, POST, OPTIONS]
max_body: 1mb
cors: own
html: true
`

describe('a manifest', () => {
  test('has every key', () => {
    const { values, problems } = parseManifest(WHOLE, { file: 'functions/pay.yaml' })
    expect(problems).toEqual([])
    expect(Object.keys(values).sort()).toEqual(Object.keys(MANIFEST_KEYS).sort())
    expect(values).toEqual({
      name: 'pay',
      runtime: 'node',
      access: { source: 'auth.id != null', position: { line: 3, column: 9 } },
      auth: 'none',
      admin: true,
      read: false,
      calls: ['refund', 'send-digest'],
      queue: {
        name: 'mail',
        timeout: 3_600_000,
        retry: { maxAttempts: 3, baseMs: 1_000, maxMs: 60_000 },
        groupConcurrency: 2,
        keyScope: 'all',
        isSensitive: true,
        showsResult: true,
      },
      queues: ['send-digest'],
      schedule: {
        ...{ cron: '0 8 * * 1', timezone: 'Europe/Berlin', overlap: 'allow', missed: 'skip' },
        ...{ jitterMs: 300_000, payload: { week: true } },
      },
      run_as: 'system',
      events: ['posts.created', 'orders.*', '*'],
      ignore_own: true,
      publishes: ['orders.paid'],
      rate: { count: 5, per: 60_000 },
      network: [
        { host: 'api.stripe.com', port: 443 },
        { host: '[2001:db8::1]', port: 5432 },
      ],
      env: { STRIPE_KEY: '${STRIPE_KEY}', LOG_LEVEL: 'debug' },
      dependencies: { kind: 'map', ranges: { stripe: '^17.0.0', '@scope/pkg': '1.x' } },
      trusted: ['sharp'],
      build_env: { NPM_TOKEN: '${NPM_TOKEN}' },
      isolation: 'sandbox',
      start_timeout: 20_000,
      timeout: 90_000,
      stream_timeout: 86_400_000,
      memory: 512 * 1024 ** 2,
      cpu: 0.5,
      concurrency: 4,
      route: '/hooks/stripe/:id/*',
      methods: ['GET', 'POST', 'OPTIONS'],
      max_body: 1024 ** 2,
      cors: 'own',
      html: true,
    })
  })

  test.each(['', '# nothing\n', '{}'])('may be empty: %j', (text) => {
    expect(parseManifest(text, { file: 'f' })).toMatchObject({ values: {}, problems: [] })
  })

  test('every problem is found at once, with its place', () => {
    const text =
      'timeout: 10\ntiemout: 1s\nmemory: 1gigabyte\nnetwork: [stripe.com, "*.x.com:443", 0x7f.1:80]\nroute: /api/x\n'
    expect(problems(text)).toEqual([
      "functions/pay.yaml:1:10 'timeout' must be a duration like 500ms, 30s, 15m or 24h, not 10",
      "functions/pay.yaml:2:1 unknown key 'tiemout' in a manifest (did you mean 'timeout'?)",
      "functions/pay.yaml:3:9 'memory' must be a size like 512kb, 10mb or 1gb, not '1gigabyte'",
      "functions/pay.yaml:4:11 'stripe.com' needs a port: stripe.com:443",
      "functions/pay.yaml:4:23 '*.x.com:443' cannot be a host of 'network': write each host, or 'network: all'",
      "functions/pay.yaml:4:38 '0x7f.1:80' is not a host and port like api.stripe.com:443",
      "functions/pay.yaml:5:8 the route '/api/x' is under /api, which belongs to the server",
    ])
  })

  test.each([
    ['timeout: 25d', "1:10 'timeout' must be at most 24d"],
    ['timeout: 0s', "1:10 'timeout' must be more than 0"],
    ['cpu: 0', "1:6 'cpu' must be a number of at least 0.01, not 0"],
    ['concurrency: 1.5', "1:14 'concurrency' must be a whole number of at least 1, not 1.5"],
    ['admin: yes', "1:8 'admin' must be true or false, not 'yes'"],
    ['auth: user', "1:7 'auth' must be 'none', not 'user'"],
    ['access: ""', "1:9 'access' must be an expression, not empty (without 'access' nobody can call it over HTTP)"],
    [
      'runtime: pythn',
      "1:10 'runtime' must be 'bun', 'node', 'deno', 'python' or 'go', not 'pythn' (did you mean 'python'?)",
    ],
    [
      'methods: [GET, get]',
      "1:16 'methods' must be 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE' or 'OPTIONS', not 'get' (did you mean 'GET'?)",
    ],
    ['calls: [a, a]', "1:12 'calls' has 'a' twice"],
    ['calls: refund', "1:8 'calls' must be a list, not 'refund'"],
    [
      'name: My Function',
      "1:7 'My Function' is not a name of a function: use letters, digits, '-' and '_', at most 63 characters, starting with a lower-case letter (for example 'my-Function')",
    ],
    ['network: some', "1:10 'network' must be none, all or a list like [api.stripe.com:443], not 'some'"],
    [
      'network: ["https://api.stripe.com/v1"]',
      "1:11 'https://api.stripe.com/v1' is not a host and port like api.stripe.com:443 (write api.stripe.com:443)",
    ],
    ['network: ["a.com:0"]', "1:11 'a.com:0' is not a host and port like api.stripe.com:443"],
    ['rate: 5/fortnight', "1:7 'rate' must be a rate like 5/minute (second, minute, hour or day), not '5/fortnight'"],
    ['input: {}', "1:1 unknown key 'input' in a manifest: it is part of the code (defineFunction)"],
    ['constructor: 1', "1:1 unknown key 'constructor' in a manifest; known are"],
    ['- a', '1:1 a manifest must be a map of keys and values, not a list'],
  ])('%s', (text, expected) => {
    const [first = '', ...others] = problems(text)
    expect(first).toStartWith(`functions/pay.yaml:${expected}`)
    expect(others).toEqual([])
  })

  test.each([
    '--registry=http://evil.example',
    'file:../..',
    'git+ssh://x/y',
    'https://x/y.tgz',
    '../x',
    '/etc',
    'a b',
    'x@npm:y@1',
    'x@file:..',
    'x @ https://y',
    '-r requirements.txt',
    '',
    'x\n--pre',
  ])('no package manager takes %j for an option, a folder or an address', (spec) => {
    expect(problems(`dependencies: [${JSON.stringify(spec)}]`)).toHaveLength(1)
  })

  test.each([
    'nodemailer',
    'nodemailer@^6.9.0',
    '@scope/pkg@1.x || 2',
    'pillow==10.0.0',
    'uvicorn[standard]>=0.30,<1',
    'numpy ~= 1.24',
  ])('a dependency may be %s', (spec) => {
    expect(problems(`dependencies: [${JSON.stringify(spec)}]`)).toEqual([])
  })

  test.each([
    'LD_PRELOAD',
    'LD_LIBRARY_PATH',
    'DYLD_INSERT_LIBRARIES',
    'NODE_OPTIONS',
    'BUN_OPTIONS',
    'BUN_BE_BUN',
    'PYTHONPATH',
    'PYTHONSTARTUP',
    'GOFLAGS',
    'GOROOT',
    'PATH',
    'KOYALITE_SOCKETS',
    'koyalite_entry',
    'https_proxy',
    'HOME',
    'TZ',
    'BASH_ENV',
    'DENO_DIR',
    'npm_config_registry',
  ])('env cannot set %s', (name) => {
    expect(problems(`env: { ${name}: x }`)[0]).toStartWith(`functions/pay.yaml:1:8 '${name}' cannot be set: `)
    expect(problems(`build_env: { ${name}: x }`)).toHaveLength(1)
  })

  test.each([
    'GOOGLE_KEY',
    'GOPRIVATE',
    'NODE_ENV',
    'PATHS',
    'ENVIRONMENT',
    'PYPI_TOKEN',
    'BUNDLE',
    'LDAP_URL',
    'LANG',
  ])('env can set %s', (name) => {
    expect(problems(`env: { ${name}: x }`)).toEqual([])
  })

  test('what is wrong with a secret is said without it', () => {
    const secret = 'sk_live_51H8x2'
    const texts = [
      `env: ${secret}`,
      `env: [${secret}]`,
      `env: { KEY: { a: ${secret} } }`,
      `env: { KEY: [${secret}] }`,
      `env: { KEY: 4242424242 }`,
      `env: { KEY: "${secret}\\0" }`,
      `env: { KEY: ${'x'.repeat(65_537)} }`,
      `build_env: ${secret}`,
    ]
    for (const text of texts) {
      expect(problems(text)).toHaveLength(1)
      expect(problems(text)[0]).not.toContain(secret)
      expect(problems(text)[0]).not.toContain('4242')
      expect((problems(text)[0] ?? '').length).toBeLessThan(200)
    }
  })
})

describe('the config of code', () => {
  test('says the same, without lines', () => {
    expect(inCode({ timeout: 10, tiemout: '1s', route: '/internal', events: {} })).toEqual([
      "functions/pay.ts config: 'timeout' must be a duration like 500ms, 30s, 15m or 24h, not 10",
      "functions/pay.ts config: unknown key 'tiemout' in config (did you mean 'timeout'?)",
      "functions/pay.ts config: the route '/internal' is under /internal, which belongs to the server",
      "functions/pay.ts config: 'events' must be a list, not a map",
    ])
  })

  test('is read as a file is', () => {
    const config = { access: 'true', network: ['a.com:443'], memory: '1gb', methods: ['GET'], env: { A: '${A}' } }
    expect(checkConfig(config, { file: 'f' })).toMatchObject({
      problems: [],
      values: {
        access: { source: 'true' },
        network: [{ host: 'a.com', port: 443 }],
        memory: 1024 ** 3,
        methods: ['GET'],
        env: { A: '${A}' },
      },
    })
  })

  test.each([null, undefined, {}])('may be %j', (config) => {
    expect(checkConfig(config, { file: 'f' })).toMatchObject({ values: {}, problems: [] })
  })

  test.each([
    ['x', "config must be a map of keys and values, not 'x'"],
    [[1], 'config must be a map of keys and values, not a list'],
  ])('is a map, not %j', (config, message) => expect(inCode(config)).toEqual([`functions/pay.ts config: ${message}`]))

  test('reaches no prototype', () => {
    const config = JSON.parse('{"__proto__":{"admin":true},"env":{"__proto__":"x","constructor":"y"}}')
    expect(inCode(config)[0]).toStartWith("functions/pay.ts config: unknown key '__proto__' in config")
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  test('hostile ones are refused', () => {
    const deep = Array.from({ length: 1000 }).reduce<unknown>((inner) => ({ env: inner }), {})
    expect(inCode(deep)).toEqual(['functions/pay.ts config: the value is nested too deeply'])
    expect(inCode(Object.fromEntries(Array.from({ length: 200_001 }, (_, i) => [`k${i}`, 1])))).toEqual([
      'functions/pay.ts config: the value has too many parts',
    ])
  })
})

test('hostile YAML is refused', () => {
  expect(problems(`${'['.repeat(1000)}`)).toEqual(['functions/pay.yaml:1:1 the file is nested too deeply'])
  expect(problems('a: &a [x]\nenv: *a')).toHaveLength(2)
  expect(problems('timeout: 1s\ntimeout: 2s')).toEqual([
    "functions/pay.yaml:2:1 'timeout' is given twice (first in line 1)",
  ])
  const keys = Array.from({ length: 5000 }, (_, i) => `key${i}: 1`).join('\n')
  expect(problems(keys)).toHaveLength(100)
})

test('the contract of this version names each key', () => {
  const names =
    'name runtime isolation start_timeout timeout stream_timeout memory cpu concurrency env dependencies trusted network access auth route methods max_body cors html rate read calls queue queues schedule events ignore_own publishes run_as admin build_env'
  expect(Object.keys(MANIFEST_KEYS).sort()).toEqual(names.split(' ').sort())
})
