import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { verifyWebhook } from '@koyalite/functions'
import {
  type Api,
  createApi,
  createKey,
  createProject,
  expectError,
  expectStatus,
  goCache,
  hasGo,
  hasPython,
  type ServerProcess,
  startServer,
  type TempProject,
  until,
} from '@koyalite/testkit'

setDefaultTimeout(120_000)

/** Where the package of digest comes from: the index, and the host of its files. */
const [INDEX = null, FILES = null] = indexOfPip()
const PACKAGES = [INDEX === null ? null : new URL(INDEX).hostname, FILES].filter((host) => host !== null)

function indexOfPip(): readonly string[] {
  if (!hasPython) return []
  const ask = 'from pip._internal.models.index import PyPI; print(PyPI.simple_url, PyPI.file_storage_domain)'
  const { stdout } = Bun.spawnSync(['python3', '-I', '-c', ask])
  const [own, files] = stdout.toString().trim().split(' ')
  return [process.env.PIP_INDEX_URL ?? own, files].flatMap((said) => said ?? [])
}

/** Why digest cannot run here; null: it can. */
async function whyNoDigest(): Promise<string | null> {
  if (!hasPython) return 'Python is not installed'
  if (INDEX === null) return 'Python has no pip'
  const found = await fetch(`${INDEX.replace(/\/$/, '')}/jinja2/`, { signal: AbortSignal.timeout(10_000) }).catch(
    () => null,
  )
  return found?.ok === true ? null : `${INDEX} cannot be reached`
}

const noDigest = await whyNoDigest()
const SECRET = 'shared-with-the-payment-provider'
const CRM_SECRET = `whsec_${Buffer.alloc(32, 'crm').toString('base64')}`

const isWelcome = ({ template, subject }: { readonly template: string; readonly subject: string }) =>
  template === 'welcome' && subject === 'Welcome to Bees'

interface Crm {
  readonly url: string
  /** What it has verified. */
  readonly events: readonly { readonly type: string; readonly data: { readonly doc: Record<string, string> } }[]
  stop(): void
}

/** The receiver of the webhook: takes what is signed with its secret. */
function startCrm(): Crm {
  const events: Crm['events'][number][] = []
  const listener = Bun.serve({
    ...{ port: 0, hostname: '127.0.0.1' },
    async fetch(request) {
      const body = await request.bytes()
      if (!verifyWebhook(body, request.headers, CRM_SECRET)) return new Response(null, { status: 401 })
      events.push(JSON.parse(new TextDecoder().decode(body)))
      return new Response(null, { status: 204 })
    },
  })
  return { url: `http://127.0.0.1:${listener.port}/hooks`, events, stop: () => void listener.stop(true) }
}

describe('examples/saas', () => {
  let project: TempProject
  let server: ServerProcess
  let crm: Crm
  let admin: Api
  let team: { readonly id: string }
  const people = new Map<string, { readonly api: Api; readonly id: string }>()
  const person = (name: string) => people.get(name) as { readonly api: Api; readonly id: string }
  const invite = async (name: string): Promise<string> => {
    const document = { team_id: team.id, user_id: person(name).id }
    return expectStatus(await person('ada').api.post('/api/collections/invites', document), 201).body.id
  }
  const accept = (name: string, id: string) => person(name).api.post('/api/functions/acceptInvite', { invite_id: id })

  beforeAll(async () => {
    // Where the index is a mirror in a network of one's own, it is not on the public internet.
    const settings = readFileSync(join(import.meta.dir, 'saas/koyalite.yaml'), 'utf8')
    project = createProject({ settings: `${settings}outbound: { allow: [${PACKAGES.join(', ')}] }\n` })
    crm = startCrm()
    for (const part of ['schema.yaml', 'functions', 'emails'])
      cpSync(join(import.meta.dir, 'saas', part), project.path(part), { recursive: true })
    const env = {
      KOYALITE_ENV: 'staging',
      KOYALITE_AUTH_RATE_LIMIT_REGISTER: '100/minute',
      BILLING_SECRET: SECRET,
      ...{ CRM_SECRET, CRM_URL: crm.url, KOYALITE_WEBHOOKS_ALLOW: '127.0.0.1' },
      ...(hasGo && { GOCACHE: goCache() }),
    }
    server = await startServer(project, { env })
    admin = createApi(server.url, await createKey(project))
    for (const name of ['ada', 'bob', 'cleo', 'dan']) {
      const credentials = { email: `${name}@example.com`, password: 'correct horse battery' }
      const { body } = expectStatus(await createApi(server.url).post('/api/auth/register', credentials), 201)
      people.set(name, { api: createApi(server.url, body.access_token), id: body.user.id })
    }
    team = expectStatus(await person('ada').api.post('/api/collections/teams', { name: 'Bees' }), 201).body
    expectStatus(await person('ada').api.post('/api/collections/members', { team_id: team.id }), 201)
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    crm?.stop()
    project?.remove()
  })

  test('acceptInvite: a member, an activity and an accepted invitation, or none of them', async () => {
    const [bob, cleo, dan] = [await invite('bob'), await invite('cleo'), await invite('dan')]
    expectError(await accept('dan', bob), 'NOT_FOUND')
    expect(expectStatus(await accept('bob', bob), 200).body).toEqual({ team: 'Bees', free_seats: 1 })
    expect((await accept('bob', bob)).body.error.code).toBe('ACCEPTED')
    // Two for the last seat.
    const both = await Promise.all([accept('cleo', cleo), accept('dan', dan)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    const late = both.find(({ status }) => status === 409)
    expect(late?.body.error).toMatchObject({ code: 'NO_SEATS', details: { seats: 3 } })
    const { body } = await admin.list('members', { filter: `team_id:eq:${team.id}` })
    expect(body.docs.length).toBe(3)
    expect((await admin.list('activities', { filter: 'text:eq:joined' })).body.docs.length).toBe(2)
    const open = (await admin.list('invites')).body.docs.filter(
      (one: { accepted_at: unknown }) => one.accepted_at === null,
    )
    expect(open.length).toBe(1)
    await until(async () => (await admin.get('/api/admin/mail?state=sent')).body.mails.filter(isWelcome).length === 2)
  })

  test('crm: a webhook for each member, whose signature the receiver verifies', async () => {
    const { body } = await admin.list('members', { filter: `team_id:eq:${team.id}` })
    await until(() => crm.events.length >= body.docs.length)
    const sent = crm.events.map(({ type, data: { doc } }) => [type, Object.keys(doc).sort(), doc.user_id])
    const expected = body.docs.map((one: { user_id: string }) => [
      ...['members.created', ['id', 'team_id', 'user_id']],
      one.user_id,
    ])
    expect(sent.sort()).toEqual(expected.sort())
    expect(expectStatus(await createApi(crm.url).post('', { type: 'members.created' }), 401).text).toBe('')
    const delivered = async () => (await admin.get('/api/admin/webhook-deliveries?state=delivered')).body.deliveries
    await until(async () => (await delivered()).length === body.docs.length)
  })

  test('daily: an email to each member of a team with news, one a day', async () => {
    const activity = { team_id: team.id, text: '<b>honey</b>' }
    expectStatus(await person('ada').api.post('/api/collections/activities', activity), 201)
    expectStatus(await person('dan').api.post('/api/collections/teams', { name: 'Quiet' }), 201)
    const run = async () => {
      const { job } = expectStatus(await admin.post('/api/admin/schedules/daily/run', {}), 202).body
      await until(async () => (await admin.get(`/api/admin/jobs/${job}`)).body.state === 'done')
    }
    const mails = async () =>
      (await admin.get('/api/admin/mail?limit=100')).body.mails.filter(
        ({ template }: { template: string }) => template === 'daily',
      )
    await run()
    await until(async () => (await mails()).every(({ status }: { status: string }) => status === 'sent'))
    await run()
    const all = await mails()
    expect(new Set(all.map(({ to }: { to: string }) => to)).size).toBe(3)
    expect(all.map(({ subject }: { subject: string }) => subject)).toEqual(Array(3).fill('Bees: 3 things happened'))
    const props = { team: 'Bees', count: 3, lines: ['<b>honey</b>', 'joined'], url: 'https://example.com' }
    const query = new URLSearchParams({ locale: 'fr', props: JSON.stringify(props) })
    const { email } = expectStatus(await admin.get(`/api/admin/mail/templates/daily?${query}`), 200).body
    expect(email.subject).toBe('Bees : 3 nouveautés')
    expect(email.html).toContain('&lt;b&gt;honey&lt;/b&gt;')
    expect(email.html).not.toContain('<b>honey')
  })

  describe('billing', () => {
    const event = (id: string, amount: number, date: string) =>
      JSON.stringify({
        ...{ id, type: 'payment.succeeded', created: Date.parse(date) / 1000 },
        data: { team_id: team.id, amount },
      })
    const signed = (body: string, { secret = SECRET, at = Date.now() }: { secret?: string; at?: number } = {}) => {
      const time = Math.floor(at / 1000)
      return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`
    }
    const send = (body: string, signature: string) =>
      createApi(server.url).request('POST', '/hooks/billing', {
        raw: new TextEncoder().encode(body),
        headers: { 'billing-signature': signature, 'content-type': 'application/json' },
      })

    test('stores what the provider has signed, once', async () => {
      for (const [id, amount, date] of [
        ['evt_1', 1250, '2026-01-31T10:00:00Z'],
        ['evt_2', 2000, '2026-03-01T00:00:00Z'],
        ['evt_1', 1250, '2026-01-31T10:00:00Z'],
      ] as const) {
        const body = event(id, amount, date)
        expect((await send(body, signed(body))).body).toEqual({ stored: id })
      }
      expect((await admin.list('payments')).body.docs.length).toBe(2)
    })

    test('refuses everything else, whatever it says', async () => {
      const body = event('evt_3', 1, '2026-01-31T10:00:00Z')
      const wrong = [
        ...['', 't=,v1=', 'v1=abc', `t=${Date.now()}`],
        signed(body, { secret: 'guessed' }),
        signed(body, { at: Date.now() - 600_000 }),
        signed(body, { at: Date.now() + 600_000 }),
        signed(`${body} `),
        signed(body).replace('v1=', 'v0='),
        signed(body).slice(0, -2),
      ]
      for (const signature of wrong) expect((await send(body, signature)).status).toBe(400)
      expect((await admin.list('payments')).body.docs.length).toBe(2)
    })
  })

  test('invoices: a job for each of a thousand payments, as who owns the team', async () => {
    const { api } = person('ada')
    const bees = expectStatus(await api.post('/api/collections/teams', { name: 'More bees' }), 201).body
    expectStatus(await api.post('/api/collections/members', { team_id: bees.id }), 201)
    const payments = Array.from({ length: 1_000 }, (_, n) => ({
      ...{ id: `pay_${String(n).padStart(4, '0')}`, team_id: bees.id, cents: n },
      paid_at: '2026-01-31T10:00:00Z',
    }))
    for (let from = 0; from < payments.length; from += 500)
      expectStatus(await admin.post('/api/collections/payments', payments.slice(from, from + 500)), 201)
    const { id } = expectStatus(await api.post('/api/functions/invoices', { team_id: bees.id }), 200).body
    const job = async () => expectStatus(await api.get(`/api/jobs/${id}`), 200).body
    await until(async () => (await job()).state === 'done')
    expect(await job()).toMatchObject({ progress: 1, result: { payments: 1_000 } })
    const count = async () =>
      (await api.list('invoices', { filter: `team_id:eq:${bees.id}`, count: 'true', limit: '1' })).body.total
    await until(async () => (await count()) === 1_000, { withinMs: 90_000 })
    const { body } = await admin.get('/api/admin/jobs/queues')
    expect(
      body.queues.map(({ waiting, retrying }: { waiting: number; retrying: number }) => [waiting, retrying]),
    ).toEqual([[0, 0]])
    expectError(await person('bob').api.post('/api/functions/invoices', { team_id: bees.id }), 'NOT_FOUND')
  })

  const isServed = async (name: string) => {
    const listed = async () =>
      (await admin.get('/api/admin/functions')).body.functions.find((one: { name: string }) => one.name === name)
    await until(async () => !JSON.stringify(await listed()).includes('is still being loaded'), { withinMs: 90_000 })
    expect((await listed()).problems).toEqual([])
    // Its route is there a moment later.
    await until(async () => (await person('ada').api.post(`/api/functions/${name}`, {})).status !== 404)
  }

  test.skipIf(!hasGo)('report, in Go: the months of a year, for members', async () => {
    await isServed('report')
    const report = (name: string) => person(name).api.post('/api/functions/report', { team_id: team.id, year: 2026 })
    expect(expectStatus(await report('ada'), 200).body).toEqual({
      team: 'Bees',
      months: [
        { month: 1, payments: 1, cents: 1250 },
        { month: 3, payments: 1, cents: 2000 },
      ],
      cents: 3250,
    })
    const stranger = { email: 'eve@example.com', password: 'correct horse battery' }
    const { body } = expectStatus(await createApi(server.url).post('/api/auth/register', stranger), 201)
    const eve = createApi(server.url, body.access_token)
    expectError(await eve.post('/api/functions/report', { team_id: team.id, year: 2026 }), 'NOT_FOUND')
  })

  const reason = noDigest === null ? '' : ` (${noDigest})`
  test.skipIf(noDigest !== null)(`digest, in Python${reason}: a mail in which names are text`, async () => {
    await isServed('digest')
    const ada = person('ada').api
    expectStatus(await ada.post('/api/collections/activities', { team_id: team.id, text: '<b>bold</b>' }), 201)
    const { body } = expectStatus(await ada.post('/api/functions/digest', { team_id: team.id }), 200)
    expect(body.subject).toBe('News of Bees')
    expect(body.html).toStartWith('<h1>Bees</h1><ul><li>&lt;b&gt;bold&lt;/b&gt;</li>')
    expect(body.html).toEndWith('<li>32.50 paid</li></ul>')
  })
})
