import { expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { expectStatus, until, useServer } from '@koyalite/testkit'

const SECRET = `whsec_${Buffer.alloc(24, 'of the settings').toString('base64')}`
const server = useServer({
  schema: 'version: 1\ncollections: {}\n',
  settings: `server: { url: "https://api.example.com" }
auth: { rate_limit: { login: 1000/second, mail: 1000/second, register: 1000/second } }
email: { webhook_secret: ${SECRET} }
`,
})
let people = 0

/** An email of sign-in to somebody who has just registered. */
async function sentTo(): Promise<{ readonly id: string; readonly to: string }> {
  const email = `ann${++people}@example.com`
  expectStatus(await server.anonymous.post('/api/auth/register', { email, password: 'correct horse battery' }), 201)
  return until(async () => {
    const { mails } = expectStatus(await server.api.get('/api/admin/mail'), 200).body
    const found = mails.find(({ to, status }: { to: string; status: string }) => to === email && status === 'sent')
    return found === undefined ? undefined : { id: found.id as string, to: email }
  })
}

const eventOf = (type: string, { id, to }: { id: string; to: string }, more: object = {}) =>
  JSON.stringify({
    type,
    created_at: new Date().toISOString(),
    data: { email_id: 'x', to: [to], tags: { koyalite_mail: id }, ...more },
  })

interface Signing {
  readonly id?: string
  /** Seconds. */
  readonly at?: number
  readonly secret?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** As Resend makes it. */
function deliver(
  body: string,
  { id = crypto.randomUUID(), at = Date.now() / 1000, secret = SECRET, headers }: Signing = {},
) {
  const timestamp = String(Math.floor(at))
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  const signed = { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': `v1,${signature}` }
  return fetch(`${server.process.url}/api/mail/resend`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signed, ...headers },
    body,
  })
}

const shown = async (id: string) => expectStatus(await server.api.get(`/api/admin/mail/${id}`), 200).body
const suppressions = async () =>
  expectStatus(await server.api.get('/api/admin/mail/suppressions'), 200).body.suppressions

test('what Resend signs is taken, and nothing else: no other secret, time, text or credential', async () => {
  const mail = await sentTo()
  const event = eventOf('email.delivered', mail)
  const now = Date.now() / 1000
  const refused = [
    deliver(event, { secret: `whsec_${Buffer.alloc(24, 'of somebody').toString('base64')}` }),
    deliver(event, { at: now - 600 }),
    deliver(event, { at: now + 600 }),
    deliver(event, { headers: { 'svix-signature': 'v1,' } }),
    deliver(event, { headers: { 'svix-signature': `v1,${Buffer.alloc(32).toString('base64')}` } }),
    deliver(event, { headers: { 'svix-id': 'msg_other' } }),
    deliver('{ not json', { headers: { 'svix-signature': 'v1,AAAA' } }),
    // A key of the project is no signature.
    deliver(event, { headers: { 'svix-signature': '', authorization: `Bearer ${server.key}` } }),
  ]
  for (const response of await Promise.all(refused)) expect(response.status).toBe(401)
  expect((await shown(mail.id)).status).toBe('sent')
  expect((await deliver(event)).status).toBe(204)
  expect(await shown(mail.id)).toMatchObject({ status: 'delivered', history: { length: 3 } })
})

test('a report counts once, never takes back, and says nothing of what there is', async () => {
  const mail = await sentTo()
  const bounce = eventOf('email.bounced', mail, { bounce: { type: 'Transient', message: 'full' } })
  for (let time = 0; time < 3; time++) expect((await deliver(bounce, { id: 'msg_1' })).status).toBe(204)
  expect((await deliver(eventOf('email.delivered', mail))).status).toBe(204)
  const { status, history } = await shown(mail.id)
  expect([status, history.map(({ state }: { state: string }) => state)]).toEqual([
    'bounced',
    ['queued', 'sent', 'bounced', 'delivered'],
  ])
  expect(await suppressions()).toEqual([])
  const unknown = { id: crypto.randomUUID(), to: 'eve@example.com' }
  for (const body of [eventOf('email.complained', unknown), '{}', 'null', '[]', '"x"']) {
    const response = await deliver(body)
    expect([body, response.status, await response.text()]).toEqual([body, 204, ''])
  }
  expect(await suppressions()).toEqual([])
})

test('a signed report reaches no address that we have not written to, and fetches nothing', async () => {
  const fetched: string[] = []
  const listening = Bun.serve({
    port: 0,
    fetch(request) {
      fetched.push(request.url)
      return new Response()
    },
  })
  const mail = await sentTo()
  const url = listening.url.href
  const bounce = { type: 'Permanent', message: `see ${url}`, url, SubscribeURL: url }
  const to = ['somebody.else@example.com', mail.to.toUpperCase(), url, { toString: 1 }, null]
  const body = eventOf('email.bounced', mail, { to, bounce, url, SubscribeURL: url, SubscribeUrl: url })
  expect((await deliver(body)).status).toBe(204)
  expect(await suppressions()).toMatchObject([{ address: mail.to, list: null, reason: 'bounce' }])
  expect(fetched).toEqual([])
  await listening.stop(true)
})

test('bodies that are too large are refused before they are looked at', async () => {
  expect((await deliver('x'.repeat(70_000))).status).toBe(413)
})

test('a link to unsubscribe that was not made here does nothing, whoever sends it', async () => {
  for (const token of ['', 'x', 'a:b', `sealed:${'A'.repeat(80)}`, '../../etc/passwd', '%00', '<script>']) {
    const path = `/_/mail/unsubscribe?token=${encodeURIComponent(token)}`
    for (const method of ['GET', 'POST']) {
      const response = await fetch(`${server.process.url}${path}`, {
        method,
        headers: { origin: 'https://evil.example.com' },
        ...(method === 'POST' && { body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) }),
      })
      expect([token, response.status]).toEqual([token, 404])
      if (method === 'POST') expect(response.headers.get('access-control-allow-origin')).toBeNull()
      expect(await response.text()).not.toContain('<script>')
    }
  }
})
