import { describe, expect, test } from 'bun:test'
import { type Api, createApi, expectError, expectStatus, until, useServer } from '@koyalite/testkit'
import { createOperators } from '../../fixtures/operators'
import { settledFunction } from '../settled-function'
import { FILES, SCHEMA } from './project'

const hasPython =
  Bun.which('python3') !== null &&
  Bun.spawnSync(['python3', '-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).success
const WORKERS = hasPython ? ['work', 'pywork'] : ['work']

const server = useServer({
  schema: SCHEMA,
  files: FILES,
  settings: 'auth: { rate_limit: { register: 1000/minute, login: 1000/minute } }\n',
})

let people = 0
async function signUp(): Promise<{ readonly api: Api; readonly id: string }> {
  const given = { email: `p${people++}@example.com`, password: 'correct horse battery' }
  const { body } = expectStatus(await server.anonymous.post('/api/auth/register', given), 201)
  return { api: createApi(server.process.url, body.access_token), id: body.user.id }
}

const push = (api: Api, input: object) => api.post('/api/functions/push', input)
const pushed = async (api: Api, name: string, payload: object, options?: object): Promise<string> =>
  expectStatus(await push(api, { name, payload, options }), 200).body.id
const jobOf = async (id: string) => expectStatus(await server.api.get(`/api/admin/jobs/${id}`), 200).body
const over = (id: string, states = ['done', 'dead', 'cancelled']) =>
  until(async () => {
    const job = await jobOf(id)
    return states.includes(job.state) ? job : undefined
  })
/** What it came to. */
const ran = async (api: Api, name: string, payload: object, options?: object) =>
  over(await pushed(api, name, payload, options))
const notes = async (title: string): Promise<number> =>
  (await server.api.get(`/api/collections/notes?filter=title:eq:${encodeURIComponent(title)}&limit=100`)).body.docs
    .length
const jobs = async () => expectStatus(await server.api.get('/api/admin/jobs?limit=100'), 200).body.jobs
const executionsOf = async (job: string) =>
  (await server.api.get(`/api/admin/functions/executions?request_id=${job}`)).body.executions

describe('a job', () => {
  test.each(WORKERS)('runs as who pushed it, as they are now (%s)', async (name) => {
    const { api, id } = await signUp()
    const job = await ran(api, name, { do: 'return' })
    expect(job).toMatchObject({ state: 'done', actor: `user:${id}`, attempt: 1, error: null })
    if (name === 'work')
      expect(job.result).toMatchObject({
        auth: { kind: 'user', id },
        job: { attempt: 1, key: null },
        chain: { depth: 1 },
      })
    else expect(job.result).toEqual({ auth: id, attempt: 1 })
    const [execution] = await executionsOf(job.id)
    expect(execution).toMatchObject({ function: name, job: job.id, status: 'ok', actor: { kind: 'user', id } })
    expect((await api.get(`/api/jobs/${job.id}`)).body).toMatchObject({ state: 'done', result: job.result })
    expectError(await (await signUp()).api.get(`/api/jobs/${job.id}`), 'NOT_FOUND')
  })

  test('3.28 has the rights of its enqueuer, whatever its payload says', async () => {
    const [ann, bob] = [await signUp(), await signUp()]
    await ran(ann.api, 'work', { do: 'note', title: 'of ann' })
    expect((await ran(ann.api, 'work', { do: 'seen', title: 'of ann' })).result).toBe(1)
    expect((await ran(bob.api, 'work', { do: 'seen', title: 'of ann' })).result).toBe(0)
    const refused = await push(bob.api, { name: 'work', payload: { do: 'seen', actor: { kind: 'user', id: ann.id } } })
    expectError(refused, 'VALIDATION_ERROR')
  })

  test('of anonymous callers, keys and nobody', async () => {
    expect(
      (await over(expectStatus(await push(server.api, { name: 'work', payload: { do: 'return' } }), 200).body.id))
        .result,
    ).toMatchObject({
      auth: { kind: 'service' },
    })
    const before = (await jobs()).length
    const { body } = expectStatus(await push(server.anonymous, { name: 'work', payload: { do: 'return' } }), 200)
    expect(body.created).toBe(true)
    expect((await over(body.id)).result).toMatchObject({ auth: null })
    expect((await jobs()).length).toBe(before + 1)
  })

  test('whose enqueuer is gone or blocked does not run', async () => {
    for (const end of ['delete', 'block'] as const) {
      const { api, id } = await signUp()
      const job = await pushed(api, 'work', { do: 'note', title: `late-${end}` }, { delay: '1h' })
      const ended =
        end === 'delete'
          ? await server.api.delete(`/api/admin/users/${id}`)
          : await server.api.post(`/api/admin/users/${id}/block`, {})
      expect(ended.status).toBeLessThan(300)
      expectStatus(await server.api.post(`/api/admin/jobs/${job}/retry`, {}), 200)
      expect(await over(job)).toMatchObject({ state: 'dead', error: { code: 'ACTOR_GONE' } })
      expect(await notes(`late-${end}`)).toBe(0)
    }
  })

  test('of a user as whom an operator acts runs as that user, under both names, while the operator may', async () => {
    const [owner, operator] = await createOperators(server, 'admin')
    if (owner === undefined || operator === undefined) throw new Error('there are no operators')
    const { id } = await signUp()
    const acting = expectStatus(await operator.api.post(`/api/admin/users/${id}/impersonate`), 201).body
    const api = createApi(server.process.url, acting.access_token)
    const job = await ran(api, 'work', { do: 'return' })
    expect(job.result).toMatchObject({ auth: { kind: 'user', id, impersonated_by: expect.any(String) } })
    expect(job.actor).toBe(`user:${id} (by admin@example.com)`)
    const { entries } = expectStatus(await server.api.get('/api/admin/audit?event=impersonation.job'), 200).body
    expect(entries).toMatchObject([
      { actor: { id }, impersonator: { name: 'admin@example.com' }, target: { id: job.id } },
    ])
    const late = await pushed(api, 'work', { do: 'note', title: 'acted' }, { delay: '1h' })
    const { operators } = expectStatus(await owner.api.get('/api/admin/operators'), 200).body
    const { id: who } = operators.find(({ email }: { email: string }) => email === operator.email)
    expectStatus(await owner.api.patch(`/api/admin/operators/${who}`, { disabled: true }), 200)
    expectStatus(await server.api.post(`/api/admin/jobs/${late}/retry`, {}), 200)
    expect(await over(late)).toMatchObject({ state: 'dead', error: { code: 'ACTOR_GONE' } })
  })

  test('that runs as the system has no caller', async () => {
    const { api } = await signUp()
    const { result } = await ran(api, 'system', { title: 'by the system' })
    expect(result).toMatchObject({ auth: null, refused: 'NO_CALLER', owner: null })
    expect(await over(result.pushed)).toMatchObject({ actor: null, result: { auth: null, chain: { depth: 2 } } })
  })

  test.each(WORKERS)('comes to what its code throws (%s)', async (name) => {
    const refused = await ran(server.anonymous, name, { do: 'refuse' })
    expect(refused).toMatchObject({ state: 'dead', attempt: 1, error: { code: 'OUT_OF_STOCK' } })
    expect(await ran(server.anonymous, name, { do: 'abort' })).toMatchObject({
      ...{ state: 'dead', attempt: 1, error: { code: 'ABORT', message: 'no use' } },
    })
    expect(await ran(server.anonymous, name, { do: 'retry' })).toMatchObject({ state: 'done', attempt: 2, result: 2 })
  })

  test('is tried again after errors, with their text for operators alone', async () => {
    const { api } = await signUp()
    const broken = await ran(api, 'work', { do: 'throw' })
    expect(broken).toMatchObject({ state: 'dead', attempt: 3, crashes: 0 })
    expect(broken.error).toEqual({ code: 'FUNCTION_ERROR', message: 'Error: it broke' })
    expect((await api.get(`/api/jobs/${broken.id}`)).body.error).toEqual({ code: 'FUNCTION_ERROR' })
    expect(await executionsOf(broken.id)).toHaveLength(3)
    const missing = await ran(api, 'work', { do: 'missing' })
    expect(missing).toMatchObject({ state: 'dead', attempt: 1, error: { code: 'NOT_FOUND' } })
    const later = await over(await pushed(api, 'work', { do: 'later' }), ['retrying'])
    expect(Date.parse(later.run_at) - Date.parse(later.started_at)).toBeGreaterThan(3_500_000)
    expectStatus(await server.api.post(`/api/admin/jobs/${later.id}/cancel`, {}), 200)
    const crashed = await over(await pushed(api, 'work', { do: 'exit' }), ['retrying'])
    expect(crashed).toMatchObject({ errors: 0, crashes: 1, error: { code: 'FUNCTION_CRASHED' } })
    expectStatus(await server.api.post(`/api/admin/jobs/${crashed.id}/cancel`, {}), 200)
  })

  test('that uses too much memory, or takes too long, is told apart', async () => {
    const full = await over(await pushed(server.anonymous, 'work', { do: 'memory' }), ['retrying'])
    expect(full).toMatchObject({ errors: 0, crashes: 1, error: { code: 'FUNCTION_MEMORY' } })
    expectStatus(await server.api.post(`/api/admin/jobs/${full.id}/cancel`, {}), 200)
    const late = await ran(server.anonymous, 'slow', {})
    expect(late).toMatchObject({ state: 'dead', attempt: 2, crashes: 0, error: { code: 'JOB_TIMEOUT' } })
  })

  test.each(WORKERS)('says how far it is (%s)', async (name) => {
    const job = await pushed(server.anonymous, name, { do: 'progress', title: name })
    await until(async () => (await jobOf(job)).progress === 0.25)
    expectStatus(await server.api.post(`/api/admin/jobs/${job}/cancel`, {}), 200)
    await over(job)
  })

  test('that is cancelled is told so, and ended where it goes on', async () => {
    for (const what of ['until cancelled', 'never']) {
      const job = await pushed(server.anonymous, 'work', { do: what, title: what })
      await until(async () => (await notes(what)) === 1)
      expectStatus(await server.api.post(`/api/admin/jobs/${job}/cancel`, {}), 200)
      expect(await over(job)).toMatchObject({ state: 'cancelled', attempt: 1 })
    }
  })

  test('that pushes itself comes to an end', async () => {
    await pushed(server.anonymous, 'circle', {})
    await until(async () =>
      (await jobs()).some(({ error }: { error: { code: string } | null }) => error?.code === 'CHAIN_TOO_DEEP'),
    )
    expect(await notes('circle')).toBe(15)
  })
})

describe('pushing', () => {
  test('is for functions that the manifest names, and of functions that run jobs', async () => {
    const cases = [
      ['noqueue', 'push pushes jobs of noqueue, which runs none: add queue: true to its manifest'],
      ['gone', 'push pushes jobs of gone, and there is no such function'],
      [
        'other',
        'push may not push jobs of other: add it to its manifest: queues: [work, pywork, system, circle, plain, slow, noqueue, gone, other]',
      ],
    ] as const
    for (const [name, message] of cases) {
      const refused = await push(server.anonymous, { name })
      expectError(refused, 'FUNCTION_ERROR')
      const id = refused.headers.get('koyalite-execution')
      const { body } = await server.api.get(`/api/admin/functions/executions/${id}`)
      expect(body.error.message).toContain(message)
    }
    expectError(await server.anonymous.post('/api/functions/noqueue', {}), 'FUNCTION_ERROR')
  })

  test('checks payloads and options before anything is stored', async () => {
    const before = (await jobs()).length
    const wrong = await push(server.anonymous, { name: 'work', many: [{ do: 'return' }, { do: 'return', ms: 'x' }] })
    expectError(wrong, 'VALIDATION_ERROR')
    expect(wrong.body.error.details[0].field).toStartWith('jobs.1.')
    expectError(await push(server.anonymous, { name: 'plain', options: { priority: 11 } }), 'VALIDATION_ERROR')
    expectError(await push(server.anonymous, { name: 'plain', options: { delay: 'soon' } }), 'VALIDATION_ERROR')
    expectError(
      await push(server.anonymous, { name: 'plain', payload: { text: 'x'.repeat(300_000) } }),
      'PAYLOAD_TOO_LARGE',
    )
    expect((await jobs()).length).toBe(before)
  })

  test('gives no door to the function', async () => {
    const { api } = await signUp()
    for (const one of [server.anonymous, api])
      expectError(await one.post('/api/functions/work', { do: 'return' }), 'FUNCTION_NOT_FOUND')
    expect(expectStatus(await server.api.post('/api/functions/work', { do: 'return' }), 200).body.job).toEqual({})
    expect(expectStatus(await server.anonymous.post('/api/functions/plain', {}), 200).body).toBe('called')
    expect((await ran(server.anonymous, 'plain', {})).state).toBe('done')
  })

  test('several at once, and by keys (13)', async () => {
    const { api } = await signUp()
    const many = [{ do: 'return' }, { do: 'return' }]
    const { body } = expectStatus(await push(api, { name: 'work', many }), 200)
    expect(body.map(({ created }: { created: boolean }) => created)).toEqual([true, true])
    const hour = { key: 'k', delay: '1h' }
    const first = expectStatus(await push(api, { name: 'work', payload: { do: 'return' }, options: hour }), 200).body
    const again = expectStatus(await push(api, { name: 'work', payload: { do: 'throw' }, options: hour }), 200).body
    expect(again).toEqual({ id: first.id, created: false })
    const options = { key: 'k', on_conflict: 'replace' }
    const { body: replaced } = await push(api, { name: 'work', payload: { do: 'return' }, options })
    expect(replaced).toEqual({ id: first.id, created: false })
    expect((await over(first.id)).result).toMatchObject({ job: { key: 'k' } })
    const { body: next } = await push(api, { name: 'work', payload: { do: 'return' }, options: { key: 'k' } })
    expect(next).toMatchObject({ created: true })
    const other = await signUp()
    expect((await push(other.api, { name: 'work', payload: { do: 'return' }, options: hour })).body.created).toBe(true)
  })
})

describe.each(['optimistic', 'exclusive'] as const)('in a transaction that is %s', (mode) => {
  test.each([
    ['throw', 'FUNCTION_ERROR'],
    ['exit', 'FUNCTION_CRASHED'],
    ['kill', 'FUNCTION_CRASHED'],
    ['hang', 'FUNCTION_TIMEOUT'],
  ] as const)('nothing of it is there where the code %ss', async (end, code) => {
    const before = (await jobs()).length
    const title = `${mode} ${end}`
    const transaction = [
      { note: title },
      ...WORKERS.map((name) => ({ push: name, payload: { do: 'note', title } })),
      end,
    ]
    expectError(await push(server.anonymous, { mode, transaction }), code)
    expect((await jobs()).length).toBe(before)
    expect(await notes(title)).toBe(0)
  })

  test('all of it is there where it commits, with the ids that were returned', async () => {
    const title = `${mode} commit`
    const payload = { do: 'note', title }
    const transaction = [
      { note: title },
      { push: 'work', payload },
      { push: 'work', payload, options: { key: title } },
      { push: 'work', payload, options: { key: title } },
      { outside: 'plain' },
    ]
    const { body } = expectStatus(await push(server.anonymous, { mode, transaction }), 200)
    expect(body.map(({ created }: { created?: boolean }) => created)).toEqual([true, true, false, undefined])
    expect(body[3]).toEqual({ code: 'TRANSACTION_OPEN' })
    for (const { id } of body.slice(0, 2)) expect((await over(id)).state).toBe('done')
    expect(await notes(title)).toBe(3)
  })

  test('a wrong payload is an error of the push, and of the transaction', async () => {
    const transaction = [{ note: `${mode} wrong` }, { push: 'work', payload: {} }]
    expectError(await push(server.anonymous, { mode, transaction }), 'VALIDATION_ERROR')
    expect(await notes(`${mode} wrong`)).toBe(0)
  })
})

describe('a transaction that completes its job', () => {
  test.each(WORKERS)('ends it with its effects (%s)', async (name) => {
    const title = `${name} completes`
    const job = await ran((await signUp()).api, name, { do: 'complete', title })
    expect(job).toMatchObject({ state: 'done', attempt: 1 })
    await until(async () => (await notes(`${title} after`)) === 1)
    expect(await notes(title)).toBe(1)
  })

  test('does so once: what comes later is refused, and stores nothing', async () => {
    const job = await ran(server.anonymous, 'work', { do: 'complete twice', title: 'twice' })
    expect(job).toMatchObject({ state: 'done', error: null })
    await until(async () => (await executionsOf(job.id)).length === 1)
    expect((await executionsOf(job.id))[0].error.code).toBe('LEASE_LOST')
    expect(await notes('twice')).toBe(1)
  })

  test('is one of a job', async () => {
    expectError(await server.api.post('/api/functions/work', { do: 'complete' }), 'FUNCTION_ERROR', 'INVALID_REQUEST')
  })
})

test('what is wrong in a manifest is said when it is loaded', async () => {
  server.project.write(
    'functions/raw.ts',
    "export const config = { access: 'true', queue: true }\nexport default { fetch: () => new Response('x') }\n",
  )
  server.project.write(
    'functions/sys.ts',
    "import { defineFunction } from '@koyalite/functions'\nexport default defineFunction({ config: { queue: true, run_as: 'system' }, handler: () => 1 })\n",
  )
  await server.restart()
  expect((await settledFunction(server, 'raw')).problems.join()).toContain(
    'answers requests itself, and so cannot run jobs',
  )
  expect((await settledFunction(server, 'sys')).problems.join()).toContain("'run_as: system' needs 'admin: true'")
})
