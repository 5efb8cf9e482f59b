import { expect } from 'bun:test'
import { expectError, expectStatus } from '@koyalite/testkit'
import { call, executionOf, outcome, probe } from '../world'
import type { Behaviour } from './behaviour'

/** What a typed function takes and gives. */
export const VALUES: readonly Behaviour[] = [
  {
    name: 'takes an input with its defaults, and gives an output',
    differs: 'how its process starts, is connected and named',
    async run(world) {
      const response = expectStatus(await call(world, 'greet', { name: 'ada' }), 200)
      expect(response.body).toEqual({ said: 'Hello ada' })
      expect(await executionOf(world, response)).toMatchObject({ status: 'ok', isolation: world.isolation })
      expect((await call(world, 'greet', { name: 'ada', excited: true })).body).toEqual({ said: 'Hello ada!' })
    },
  },
  {
    name: 'is not run with an input that is not as declared: all that is wrong is named',
    differs: null,
    async run(world) {
      const response = await call(world, 'greet', { name: 'x'.repeat(21), more: 1 })
      expectError(response, 'VALIDATION_ERROR')
      const fields = response.body.error.details.map(({ field }: { field: string }) => field)
      expect(fields.sort()).toEqual(['more', 'name'])
      expectError(await call(world, 'greet', {}), 'VALIDATION_ERROR')
    },
  },
  {
    name: 'does not give an output that is not as declared',
    differs: null,
    run: async (world) =>
      void expectError(await call(world, 'greet', { name: 'everybody' }), 'FUNCTION_OUTPUT_INVALID'),
  },
  {
    name: 'passes any JSON through, both ways',
    differs: null,
    async run(world) {
      const value = {
        text: 'ä \u2028 😀 "\\\n',
        numbers: [0, -1, 1.5, 2 ** 53 - 1, 1e-7],
        nothing: null,
        empty: [[], {}, ''],
        deep: { a: { b: [{ c: true }] } },
      }
      expect(await outcome(world, 'echo', { value })).toEqual(value)
    },
  },
  {
    name: 'that returns nothing gives null',
    differs: null,
    async run(world) {
      expect(expectStatus(await probe(world, 'nothing'), 200).body).toBeNull()
    },
  },
  {
    name: 'does not give more than 10 MB',
    differs: null,
    run: async (world) => void expectError(await probe(world, 'large'), 'FUNCTION_OUTPUT_TOO_LARGE'),
  },
]
