import { expect } from 'bun:test'
import { appendFileSync } from 'node:fs'
import { until } from '@koyalite/testkit'
import { executionOf, messages, outcome, probe } from '../world'
import type { Behaviour } from './behaviour'

/** What is out of its reach, and what outlives it. */
export const BOUNDARIES: readonly Behaviour[] = [
  {
    name: 'reaches the hosts of its manifest',
    differs: 'its network',
    async run(world) {
      const url = `http://${world.hosts.allowed}/`
      expect(await outcome(world, 'fetch', { url })).toEqual({ status: 200, text: 'reached' })
    },
  },
  {
    name: 'is refused others, with the line that would allow it',
    differs: 'its network',
    async run(world) {
      const { allowed, other } = world.hosts
      const response = await probe(world, 'fetch', { url: `http://${other}/` })
      expect(response.body.status ?? 403).toBe(403)
      expect(messages(await executionOf(world, response))).toEqual([
        `probe may not reach ${other}: add it to its manifest: network: [${allowed}, ${other}]`,
      ])
    },
  },
  {
    name: 'does not see files of the server, of the project or of the machine',
    differs: 'its file system',
    isolations: ['sandbox', 'container'],
    async run(world) {
      const { project } = world.server
      const own = ['data/koyalite.db', 'schema.yaml', '.env', 'functions/probe.yaml'].map((path) => project.path(path))
      for (const path of [...own, '/etc/shadow', `/proc/1/root${own[1]}`])
        expect([path, typeof (await outcome(world, 'read', { path }))]).toEqual([path, 'string'])
    },
  },
  {
    name: 'finishes the calls of an old version while the new one serves',
    differs: 'who ends the processes of the old one',
    async run(world) {
      const before = await outcome(world, 'version')
      const running = outcome(world, 'sleep', { ms: 2_500 })
      appendFileSync(world.server.project.path('functions/probe.yaml'), '# saved again\n')
      await until(async () => (await outcome(world, 'version')) === before + 1)
      expect(await Promise.race([running.then(() => 'ended'), 'runs'])).toBe('runs')
      expect(await running).toBe(before)
    },
  },
]
