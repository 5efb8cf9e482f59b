import { expect } from 'bun:test'
import { expectStatus } from '@koyalite/testkit'
import { executionOf, messages, outcome, probe } from '../world'
import type { Behaviour } from './behaviour'

/** What is printed, and what there is to print. */
export const LOGS: readonly Behaviour[] = [
  {
    name: 'what is printed is in the log of its call, with 20 calls at once',
    differs: 'where its output goes',
    async run(world) {
      const lines = (name: string) => [0, 1, 2].map((n) => `${name} ${n}`)
      const names = Array.from({ length: 20 }, (_, n) => `call-${n}`)
      const logs = await Promise.all(
        names.map(async (name) => {
          const response = expectStatus(await probe(world, 'print', { name, times: 3 }), 200)
          return messages(await executionOf(world, response))
        }),
      )
      expect(logs).toEqual(names.map(lines))
    },
  },
  {
    name: 'lines of its own have a level and fields',
    differs: null,
    async run(world) {
      const { logs } = await executionOf(world, await probe(world, 'log'))
      expect(logs).toMatchObject([{ level: 'warn', message: 'careful', fields: { seat: 7 } }])
    },
  },
  {
    name: 'it has the environment of its manifest, and nothing of the server’s',
    differs: 'which variables its process starts with',
    async run(world) {
      const { own, process } = await outcome(world, 'env')
      expect(own).toEqual({ TOKEN: 'a-secret-of-this-function' })
      expect(process).toContain('TOKEN')
      const others = (name: string) => /^(OF_THE_SERVER|CONFORMANCE_TOKEN|KOYALITE_(INSTANCE|KEY|URL|BIN))$/.test(name)
      expect(process.filter(others)).toEqual([])
    },
  },
  {
    name: 'its secrets are not in its log',
    differs: null,
    async run(world) {
      const printed = await probe(world, 'print', { name: 'it is a-secret-of-this-function', times: 1 })
      expect(messages(await executionOf(world, printed))).toEqual(['it is *** 0'])
    },
  },
]
