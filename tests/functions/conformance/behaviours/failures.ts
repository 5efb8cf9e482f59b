import { expect } from 'bun:test'
import { expectError, expectStatus, until } from '@koyalite/testkit'
import { call, executionOf, messages, outcome, probe } from '../world'
import type { Behaviour } from './behaviour'

/** How a call ends that does not come to an answer. */
export const FAILURES: readonly Behaviour[] = [
  {
    name: 'an error of its own is what its caller gets',
    differs: null,
    async run(world) {
      const response = expectStatus(await call(world, 'greet', { name: 'nobody' }), 409)
      expect(response.body.error).toMatchObject({
        ...{ code: 'NO_SUCH_NAME', message: 'nobody is called that', details: { name: 'nobody' } },
      })
      expect((await executionOf(world, response)).status).toBe('refused')
    },
  },
  {
    name: 'what it throws else is in its log, with the file and the line',
    differs: 'the paths of its files, which the stack has',
    async run(world) {
      const response = await probe(world, 'throw')
      expectError(response, 'FUNCTION_ERROR')
      expect(response.body.error.details).toEqual({ executed: 'maybe' })
      const { error, logs } = await executionOf(world, response)
      expect(error?.message).toContain('of the code')
      expect(error?.stack).toMatch(/functions\/probe\b.*(:|, line )\d+/)
      expect(logs.at(-1)?.level).toBe('error')
    },
  },
  {
    name: 'codes of the server are not for its own errors',
    differs: null,
    run: async (world) => void expectError(await probe(world, 'reserved'), 'FUNCTION_ERROR'),
  },
  {
    name: 'an end of the process costs the call that ended it',
    differs: 'who sees that the process has ended',
    async run(world) {
      const response = await probe(world, 'exit')
      expectError(response, 'FUNCTION_CRASHED')
      expect(response.body.error.details).toEqual({ executed: 'maybe' })
      expect(await outcome(world, 'echo', { value: 1 })).toBe(1)
    },
  },
  {
    name: 'what takes too long ends, also where it never gives way',
    differs: 'who can end a process that never gives way',
    async run(world) {
      for (const action of ['wait', 'spin'])
        expectError(await call(world, 'bounded', { do: action }), 'FUNCTION_TIMEOUT')
      expect(expectStatus(await call(world, 'bounded', { do: 'answer' }), 200).body).toBe('answered')
    },
  },
  {
    name: 'what takes too much memory ends',
    differs: 'how its memory is counted and bounded',
    async run(world) {
      expectError(await probe(world, 'memory'), 'FUNCTION_MEMORY')
      expect(await outcome(world, 'echo', { value: 1 })).toBe(1)
    },
  },
  {
    name: 'is told when nobody waits any longer',
    differs: null,
    async run(world) {
      const { server } = world
      const controller = new AbortController()
      const leaving = fetch(`${server.process.url}/api/functions/probe`, {
        ...{ method: 'POST', body: '{"do":"cancelled"}', headers: { 'content-type': 'application/json' } },
        signal: controller.signal,
      }).catch(({ name }) => name)
      await until(async () => (await server.api.get('/metrics')).text.includes('function_calls_running 1'))
      controller.abort()
      expect(await leaving).toBe('AbortError')
      await until(async () => {
        const { executions } = (await server.api.get('/api/admin/functions/executions?function=probe')).body
        return messages(executions[0]).includes('cancelled')
      })
    },
  },
]
