/** The function of JOB_BEHAVIOURS in TypeScript, and some faults of its own. */
export const JOB_FUNCTION = `
  import { Abort, defineFunction, KoyaError, Retry } from '@koyalite/functions'
  const message = 'the shop is closed'
  const codeOf = (call) => call.then(() => 'allowed', (error) => error.code)
  const create = (tx) => tx.posts.create({ title: 'a' })
  const kinds = {
    push: ({ queue }) =>
      queue.push('send', { n: 1 }, {
        run_at: new Date('2026-01-31T08:00:00Z'), priority: 5, key: 'a', on_conflict: 'replace', key_for: 86_400_000, group: 'g',
      }),
    delayed: ({ queue }) => queue.push('send', { n: 1 }, { delay: '10m' }),
    plain: ({ queue }) => queue.push('send', { n: 1 }),
    theirs: ({ queue }) => queue.push('send', { n: 1 }, { key: 'theirs' }),
    many: ({ queue }) => queue.pushMany('send', [{ n: 1 }, { n: 2 }]),
    'many with options': ({ queue }) =>
      queue.pushMany('send', [{ payload: { n: 3 }, group: 'g' }, { payload: { n: 4 }, key: 'theirs' }]),
    'many of none': ({ queue }) => queue.pushMany('send', []),
    misspelled: ({ queue }) => queue.pushMany('send', [{ payload: 1, dealy: '1m' }]),
    full: ({ queue }) => queue.push('full'),
    'in a transaction': ({ db }) =>
      db.transaction(async (tx) => {
        await create(tx)
        return tx.queue.push('send', { n: 1 })
      }),
    unawaited: ({ db }) => db.transaction((tx) => void tx.queue.push('full')),
    'rolled back': ({ db }) =>
      db.transaction(async (tx) => {
        await tx.queue.push('send', { n: 1 })
        throw new KoyaError('NO', 'no')
      }),
    open: ({ db, queue, job }) =>
      db.transaction(() => Promise.all([codeOf(queue.push('send')), codeOf(job.progress(0.5))])),
    job: ({ job }) => job === null ? undefined : { id: job.id, attempt: job.attempt, key: job.key },
    signal: ({ job, signal }) => job.signal === signal,
    progress: ({ job }, { at }) => job.progress(at),
    completes: async ({ db }) => { await db.transaction(create, { completes: true }) },
    retry: () => { throw new Retry({ message }) },
    'retry later': () => { throw new Retry({ after: '10m', message }) },
    'retry never': () => { throw new Retry({ after: 'soon' }) },
    'lease lost': () => { throw new KoyaError('LEASE_LOST', 'x') },
    'queue full': () => { throw new KoyaError('QUEUE_FULL', 'x') },
    abort: () => { throw new Abort(message) },
  }
  export default defineFunction({ handler: (input, ctx) => kinds[input.do](ctx, input) })
`
