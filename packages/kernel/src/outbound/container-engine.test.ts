import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findEngineSocket } from './container-engine'

test('the setting, then DOCKER_HOST, then the folder of the user', () => {
  const runtime = mkdtempSync(join(tmpdir(), 'koyalite-test-'))
  writeFileSync(join(runtime, 'docker.sock'), '')
  const here = { XDG_RUNTIME_DIR: runtime }
  expect(findEngineSocket(null, here)).toBe(join(runtime, 'docker.sock'))
  expect(findEngineSocket(null, { ...here, DOCKER_HOST: 'unix:///a.sock' })).toBe('/a.sock')
  expect(findEngineSocket('/b.sock', { ...here, DOCKER_HOST: 'unix:///a.sock' })).toBe('/b.sock')
  expect(findEngineSocket('unix:///b.sock', {})).toBe('/b.sock')
  // Another machine has other folders than those that a container needs.
  expect(findEngineSocket(null, { ...here, DOCKER_HOST: 'tcp://10.0.0.1:2375' })).toBeNull()
  rmSync(runtime, { recursive: true })
})
