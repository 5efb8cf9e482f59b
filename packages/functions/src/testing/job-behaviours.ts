import { expect } from 'bun:test'
import type { Instance } from './start-instance'

/** What each host does with jobs: of a function that is written in each language, and does what `do` of its input says. */
export interface JobBehaviour {
  readonly name: string
  run(instance: Instance): Promise<void>
}

const JOB = { id: 'j1', attempt: 2, key: 'k' }

export const JOB_BEHAVIOURS: readonly JobBehaviour[] = [
  {
    name: 'push: all options',
    async run({ call, server }) {
      expect((await call({ do: 'push' })).body).toEqual({ id: 'job-1', created: true })
      expect(server.jobs.pushed).toEqual([
        {
          ...{ id: 'job-1', name: 'send', payload: { n: 1 }, run_at: '2026-01-31T08:00:00.000Z' },
          ...{ priority: 5, key: 'a', on_conflict: 'replace', key_for: 86_400_000, group: 'g' },
        },
      ])
      // Its key is taken.
      expect((await call({ do: 'push' })).body).toEqual({ id: 'job-1', created: false })
      expect(server.requests.map(({ line }) => line)).toContain('POST /internal/v1/jobs')
    },
  },
  {
    name: 'push: later',
    async run({ call, server }) {
      expect((await call({ do: 'delayed' })).body).toEqual({ id: 'job-1', created: true })
      expect(server.jobs.pushed).toEqual([{ id: 'job-1', name: 'send', payload: { n: 1 }, delay: 600_000 }])
    },
  },
  {
    name: 'push: without options, and where the job is another one’s',
    async run({ call, server }) {
      expect((await call({ do: 'plain' })).body).toEqual({ id: 'job-1', created: true })
      expect(server.jobs.pushed).toEqual([{ id: 'job-1', name: 'send', payload: { n: 1 } }])
      expect((await call({ do: 'theirs' })).body).toEqual({ id: null, created: false })
    },
  },
  {
    name: 'push many: payloads, jobs with options, none',
    async run({ call, server }) {
      expect((await call({ do: 'many' })).body).toEqual([
        { id: 'job-1', created: true },
        { id: 'job-2', created: true },
      ])
      expect((await call({ do: 'many with options' })).body).toEqual([
        { id: 'job-3', created: true },
        { id: null, created: false },
      ])
      expect(server.jobs.pushed).toEqual([
        ...[1, 2].map((n) => ({ id: `job-${n}`, name: 'send', payload: { n } })),
        { id: 'job-3', name: 'send', payload: { n: 3 }, group: 'g' },
      ])
      const asked = server.requests.length
      expect((await call({ do: 'many of none' })).body).toEqual([])
      expect(server.requests.slice(asked).filter(({ line }) => line.endsWith('/jobs'))).toEqual([])
    },
  },
  {
    name: 'what a push is refused with is passed on',
    async run({ call }) {
      expect(await call({ do: 'full' })).toMatchObject({
        failure: 'passed',
        body: { from: 'queue', code: 'QUEUE_FULL', status: 503 },
      })
    },
  },
  {
    name: 'codes by which callers act are not for functions',
    async run({ call }) {
      for (const code of ['LEASE_LOST', 'QUEUE_FULL']) {
        expect(await call({ do: code.toLowerCase().replace('_', ' ') })).toMatchObject({
          failure: 'thrown',
          body: { message: expect.stringContaining(`${code} is a code of the server`) },
        })
      }
    },
  },
  {
    name: 'in a transaction: with its commit, or not at all',
    async run({ call, server }) {
      expect(await call({ do: 'rolled back' })).toMatchObject({ failure: 'error', body: { code: 'NO' } })
      expect(server.jobs.pushed).toEqual([])
      server.transactions.conflicts = 1
      expect((await call({ do: 'in a transaction' })).body).toMatchObject({ created: true })
      expect(server.jobs.pushed).toMatchObject([{ name: 'send', payload: { n: 1 } }])
      expect(server.documents.of('posts').size).toBe(1)
    },
  },
  {
    name: 'while a transaction is open, nothing but it pushes or says how far the job is',
    async run({ call, server }) {
      expect((await call({ do: 'open' }, { job: JOB })).body).toEqual(['TRANSACTION_OPEN', 'TRANSACTION_OPEN'])
      expect([server.jobs.pushed, server.jobs.progress]).toEqual([[], []])
    },
  },
  {
    name: 'the job that a call runs, and that other calls run none',
    async run({ call }) {
      expect((await call({ do: 'job' }, { job: JOB })).body).toEqual(JOB)
      expect((await call({ do: 'job' })).status).toBe(204)
    },
  },
  {
    name: 'progress',
    async run({ call, server }) {
      expect((await call({ do: 'progress', at: 0.4 }, { job: JOB })).status).toBe(204)
      expect(server.jobs.progress).toEqual([['j1', 0.4]])
      expect(await call({ do: 'progress', at: 40 }, { job: JOB })).toMatchObject({
        failure: 'thrown',
        body: { message: expect.stringContaining('progress is from 0 to 1, not 40') },
      })
      server.jobs.lost.add('j1')
      expect(await call({ do: 'progress', at: 0.5 }, { job: JOB })).toMatchObject({
        failure: 'passed',
        body: { from: 'queue', code: 'LEASE_LOST', status: 409 },
      })
    },
  },
  {
    name: 'completes: its effects and its end together',
    async run({ call, server }) {
      server.transactions.conflicts = 1
      expect((await call({ do: 'completes' }, { job: JOB })).status).toBe(204)
      expect([server.jobs.completed, server.documents.of('posts').size]).toEqual([['j1'], 1])
      server.jobs.lost.add('j1')
      expect(await call({ do: 'completes' }, { job: JOB })).toMatchObject({
        failure: 'passed',
        body: { from: 'db', code: 'LEASE_LOST', status: 409 },
      })
      expect(server.documents.of('posts').size).toBe(1)
      const begun = server.transactions.begun.length
      expect(await call({ do: 'completes' })).toMatchObject({
        failure: 'thrown',
        body: { message: expect.stringContaining('this call runs none') },
      })
      expect(server.transactions.begun).toHaveLength(begun)
    },
  },
  {
    name: 'retry and abort',
    async run({ call }) {
      const message = 'the shop is closed'
      const outcomes = ['retry', 'retry later', 'abort'].map(async (one) => {
        const { failure, body } = await call({ do: one }, { job: JOB })
        return [failure, body]
      })
      expect(await Promise.all(outcomes)).toEqual([
        ['retry', { message, after: null }],
        ['retry', { message, after: 600_000 }],
        ['abort', { message }],
      ])
      // Nobody could try again.
      for (const one of ['retry', 'abort']) {
        expect(await call({ do: one })).toMatchObject({
          failure: 'thrown',
          body: { message: expect.stringContaining(message) },
        })
      }
    },
  },
]
