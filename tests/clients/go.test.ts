import { afterAll, beforeAll, describe } from 'bun:test'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, runKoyalite, useServer } from '@koyalite/testkit'
import { authScenarios } from './auth-scenarios'
import { documentScenarios } from './document-scenarios'
import { type ClientDriver, startDriver } from './driver'
import { functionScenarios } from './function-scenarios'
import { FUNCTIONS } from './functions'
import { liveScenarios } from './live-scenarios'
import { networkScenarios } from './network-scenarios'
import { newWorld, SETTINGS } from './scenario-world'
import { SCHEMA } from './world'

/** What `errors.Is` and `errors.As` find. */
const KINDS: Readonly<Record<string, string>> = {
  NOT_FOUND: 'ErrNotFound',
  FUNCTION_NOT_FOUND: 'ErrNotFound',
  CONFLICT: 'ErrConflict',
  PRECONDITION_FAILED: 'ErrPreconditionFailed',
  VALIDATION_ERROR: 'ErrValidation',
  UNAUTHENTICATED: 'ErrUnauthenticated',
  UNAVAILABLE: 'ErrUnavailable',
  NETWORK: '*net.OpError',
  TIMEOUT: 'context.DeadlineExceeded',
}

describe.skipIf(Bun.which('go') === null)('Go', () => {
  const files = { ...FUNCTIONS, 'go.mod': 'module example.com/scenarios\n\ngo 1.24\n' }
  const server = useServer({ schema: SCHEMA, settings: SETTINGS, files, port: freePort() })
  let driver: ClientDriver

  beforeAll(async () => {
    const { dir } = server.project
    const { code, stderr } = await runKoyalite(['generate', '--lang', 'go', '--dir', dir])
    if (code !== 0) throw new Error(stderr)
    cpSync(join(import.meta.dir, 'go/driver'), join(dir, 'driver'), { recursive: true })
    const env = { ...process.env, GOWORK: 'off' }
    const built = Bun.spawnSync(['go', 'build', '-o', 'scenarios', './driver'], { cwd: dir, env })
    if (!built.success) throw new Error(built.stderr.toString())
    driver = startDriver([join(dir, 'scenarios')], dir)
  }, 120_000)
  afterAll(() => driver?.stop())

  const language = { tagsDates: true, tagsFloats: true, kindOf: (code: string) => KINDS[code] ?? '*koyalite.Error' }
  const world = newWorld(language, server, () => driver)
  documentScenarios(world)
  networkScenarios(world)
  authScenarios(world)
  functionScenarios(world)
  liveScenarios(world)
})
