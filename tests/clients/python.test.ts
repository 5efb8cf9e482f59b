import { afterAll, beforeAll, describe } from 'bun:test'
import { join } from 'node:path'
import { freePort, hasPython, pythonTools, runKoyalite, useServer } from '@koyalite/testkit'
import { authScenarios } from './auth-scenarios'
import { documentScenarios } from './document-scenarios'
import { type ClientDriver, startDriver } from './driver'
import { functionScenarios } from './function-scenarios'
import { FUNCTIONS } from './functions'
import { liveScenarios } from './live-scenarios'
import { networkScenarios } from './network-scenarios'
import { newWorld, SETTINGS } from './scenario-world'
import { SCHEMA } from './world'

/** The classes of what is raised. */
const KINDS: Readonly<Record<string, string>> = {
  NOT_FOUND: 'NotFoundError',
  FUNCTION_NOT_FOUND: 'NotFoundError',
  CONFLICT: 'ConflictError',
  PRECONDITION_FAILED: 'PreconditionFailedError',
  VALIDATION_ERROR: 'ValidationError',
  UNAUTHENTICATED: 'UnauthenticatedError',
  INVALID_FILTER: 'InvalidRequestError',
  UNAVAILABLE: 'UnavailableError',
  NETWORK: 'NetworkError',
  TIMEOUT: 'RequestTimeoutError',
}

describe.skipIf(!hasPython)('Python', () => {
  const server = useServer({ schema: SCHEMA, settings: SETTINGS, files: FUNCTIONS, port: freePort() })
  let driver: ClientDriver

  beforeAll(async () => {
    const { code, stderr } = await runKoyalite(['generate', '--lang', 'python', '--dir', server.project.dir])
    if (code !== 0) throw new Error(stderr)
    const program = join(import.meta.dir, 'python/driver.py')
    const python = join(pythonTools(), 'python')
    driver = startDriver(['env', 'PYTHONPATH=generated/python', python, program], server.project.dir)
  }, 300_000)
  afterAll(() => driver?.stop())

  const language = { tagsDates: true, tagsFloats: true, kindOf: (code: string) => KINDS[code] ?? 'KoyaliteError' }
  const world = newWorld(language, server, () => driver)
  documentScenarios(world)
  networkScenarios(world)
  authScenarios(world)
  functionScenarios(world)
  liveScenarios(world)
})
