import { afterAll, beforeAll, describe } from 'bun:test'
import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
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

const server = useServer({ schema: SCHEMA, settings: SETTINGS, files: FUNCTIONS, port: freePort() })
const here = import.meta.dir
let driver: ClientDriver

beforeAll(async () => {
  const { code, stderr } = await runKoyalite(['generate', '--lang', 'typescript', '--dir', server.project.dir])
  if (code !== 0) throw new Error(stderr)
  // What an app has by `npm install`.
  const installed = server.project.path('node_modules/@koyalite/client')
  mkdirSync(dirname(installed), { recursive: true })
  symlinkSync(dirname(Bun.resolveSync('@koyalite/client/package.json', here)), installed)
  driver = startDriver([process.execPath, join(here, 'typescript/driver.ts'), server.project.path('generated')], here)
}, 60_000)
afterAll(() => driver?.stop())

describe('TypeScript', () => {
  const language = { tagsDates: false, tagsFloats: false, kindOf: () => 'KoyaError' }
  const world = newWorld(language, server, () => driver)
  documentScenarios(world)
  networkScenarios(world)
  authScenarios(world)
  functionScenarios(world)
  liveScenarios(world)
})
