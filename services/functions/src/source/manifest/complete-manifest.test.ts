import { describe, expect, test } from 'bun:test'
import type { FoundFunction } from '../discovery/found-entry'
import { formatSourceProblem } from '../source-problem'
import { completeManifest, type ManifestDefaults } from './complete-manifest'
import type { Runtime } from './manifest-keys'
import { checkConfig, parseManifest } from './read-manifest'

const TS: FoundFunction = {
  kind: 'function',
  name: 'pay',
  path: 'functions/pay.ts',
  language: 'javascript',
  entry: 'functions/pay.ts',
  manifest: 'functions/pay.yaml',
}
const PYTHON: FoundFunction = { ...TS, path: 'functions/pay.py', entry: 'functions/pay.py', language: 'python' }
const GO: FoundFunction = { ...TS, path: 'functions/pay', entry: 'functions/pay/main.go', language: 'go' }

const DEFAULTS: ManifestDefaults = { isolation: 'auto', timeout: 30_000, memory: 256, cpu: 1, maxBody: 10 }

interface Given {
  readonly found?: FoundFunction
  readonly yaml?: string
  readonly config?: unknown
  readonly runtimes?: readonly Runtime[]
}

function complete({ found = TS, yaml, config, runtimes = ['bun', 'python', 'go'] }: Given) {
  return completeManifest({
    found,
    file: yaml === undefined ? null : parseManifest(yaml, { file: 'functions/pay.yaml' }),
    code: config === undefined ? null : checkConfig(config, { file: found.entry }),
    defaults: DEFAULTS,
    runtimes: new Set(runtimes),
  })
}

function problems(given: Given): readonly string[] {
  const completed = complete(given)
  return completed.ok ? [] : completed.problems.map(formatSourceProblem)
}

describe('a complete manifest', () => {
  test('has defaults', () => {
    expect(complete({})).toEqual({
      ok: true,
      manifest: {
        name: 'pay',
        runtime: 'bun',
        access: null,
        takesCredentials: true,
        admin: false,
        readsOnly: false,
        calls: [],
        queue: null,
        queues: [],
        schedule: null,
        events: [],
        ignoresOwn: false,
        publishes: [],
        runsAsSystem: false,
        rate: null,
        network: 'none',
        env: {},
        buildEnv: {},
        dependencies: null,
        trusted: [],
        isolation: 'auto',
        startTimeout: 10_000,
        timeout: 30_000,
        streamTimeout: null,
        memory: 256,
        cpu: 1,
        concurrency: 10,
        route: null,
        methods: null,
        maxBody: 10,
        ownCors: false,
        html: false,
      },
    })
    expect(complete({ found: PYTHON })).toMatchObject({ manifest: { runtime: 'python', concurrency: 1 } })
    expect(complete({ found: GO })).toMatchObject({ manifest: { runtime: 'go', concurrency: 10 } })
  })

  test('is what the file and the code say together', () => {
    const yaml = 'timeout: 5s\nauth: none\nadmin: true\naccess: "true"\n'
    const config = { memory: '1kb', timeout: '5000ms', cors: 'own', access: 'true', network: [] }
    expect(complete({ yaml, config })).toMatchObject({
      ok: true,
      manifest: { timeout: 5000, memory: 1024, admin: true, takesCredentials: false, ownCors: true, network: [] },
    })
  })

  test('what they say differently names both, and no secrets', () => {
    const yaml = 'timeout: 5s\naccess: "true"\nenv: { KEY: sk_live_1 }\ncalls: [a]\nmemory: 1kb\n'
    const config = {
      timeout: '6s',
      access: 'auth.id != null',
      env: { KEY: 'sk_live_2' },
      calls: ['b'],
      memory: '1024b',
    }
    expect(problems({ yaml, config })).toEqual([
      "functions/pay.yaml:1:1 'timeout' is '5s' here and '6s' in the config of functions/pay.ts: keep one of them",
      "functions/pay.yaml:2:1 'access' is 'true' here and 'auth.id != null' in the config of functions/pay.ts: keep one of them",
      "functions/pay.yaml:3:1 'env' is one value here and another in the config of functions/pay.ts: keep one of them",
      "functions/pay.yaml:4:1 'calls' is one value here and another in the config of functions/pay.ts: keep one of them",
    ])
  })

  test('has the problems of both', () => {
    expect(problems({ yaml: 'timeout: 5\n', config: { timeout: '6s', memory: 1 } })).toEqual([
      "functions/pay.yaml:1:10 'timeout' must be a duration like 500ms, 30s, 15m or 24h, not 5",
      "functions/pay.ts config: 'memory' must be a size like 512kb, 10mb or 1gb, not 1",
    ])
  })

  test.each<[string, Given, string]>([
    ['cannot run yet', { yaml: 'runtime: deno' }, 'functions/pay.yaml:1:1 the runtime deno cannot run here: use bun'],
    [
      'cannot run yet, by its file',
      { found: PYTHON, runtimes: ['bun'] },
      'functions/pay.py the runtime python cannot run here: functions here run on bun',
    ],
    [
      'is of another language',
      { config: { runtime: 'python' } },
      "functions/pay.ts 'runtime: python' does not run this file; bun can",
    ],
    [
      'is of another language, and its own cannot run',
      { found: GO, yaml: 'runtime: bun', runtimes: ['bun'] },
      "functions/pay.yaml:1:1 'runtime: bun' does not run this file",
    ],
  ])('a runtime that %s', (_, given, problem) => expect(problems(given)).toEqual([problem]))

  test.each<[Given, string]>([
    [
      { found: PYTHON, yaml: 'dependencies: { pillow: "10" }' },
      "functions/pay.yaml:1:1 'dependencies' of a Python function must be a list like [pillow==10.0.0]",
    ],
    [
      { found: GO, yaml: '\ndependencies: [x]' },
      "functions/pay.yaml:2:1 'dependencies' of a Go function are those of its go.mod: remove the key",
    ],
    [
      { yaml: 'queue: true\nrun_as: system' },
      "functions/pay.yaml:2:1 'run_as: system' needs 'admin: true': its jobs have the rights of the server, by ctx.admin",
    ],
    [
      { config: { methods: ['OPTIONS'] } },
      "functions/pay.ts 'methods' may have OPTIONS only with 'cors: own': otherwise the server answers it",
    ],
  ])('keys that do not fit: %o', (given, problem) => expect(problems(given)).toEqual([problem]))
})
