import { describe, expect, test } from 'bun:test'
import { existsSync, writeFileSync } from 'node:fs'
import { expectError, expectStatus, until, useServer } from '@koyalite/testkit'

const SEND = `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true' },
  handler: (mail: any, ctx) => ctx.mail.send({ to: 'ann@example.com', ...mail }),
})
`
const WELCOME = `import { Body, Button, Head, Html, Preview, Tailwind } from '@react-email/components'
import { Signed } from './_parts/signed'
export const subject = ({ name, t }) => t('welcome.subject', { name })
export const PreviewProps = { name: 'Ann' }
export default function Welcome({ name, t }) {
  return (
    <Tailwind>
      <Html>
        <Head />
        <Body className="bg-white">
          <Preview>{t('welcome.subject', { name })}</Preview>
          <Button href="https://example.com">{t('welcome.open')}</Button>
          <Signed by={name} />
        </Body>
      </Html>
    </Tailwind>
  )
}
`
const SIGNED = `import { useMemo } from 'react'
export const Signed = ({ by }) => <p>{useMemo(() => 'by ' + by, [by])}</p>
`
/** Says what it gets hold of. */
const CURIOUS = `
import { readFileSync, writeFileSync } from 'node:fs'
const tried = async (what) => { try { return String(await what()) } catch (error) { return 'refused' } }
export const subject = 'Curious'
export default async function Curious({ file, url }) {
  const found = {
    env: Object.keys(process.env).join(),
    database: await tried(() => readFileSync(file).length),
    written: await tried(() => writeFileSync(file + '.x', 'x')),
    network: await tried(() => fetch(url).then((answer) => answer.status)),
    server: await tried(() => fetch('http://koyalite/internal/v1/db/api/collections/users', { unix: '/s/server.sock' }).then((answer) => answer.status)),
  }
  return <p>{JSON.stringify(found)}</p>
}
`
const template = (body: string) => `export const subject = 'x'\nexport default function Template(props) { ${body} }\n`

const server = useServer({
  schema: 'version: 1\ncollections: {}\n',
  settings: 'functions: { timeout: 4s }',
  files: {
    'functions/send.ts': SEND,
    'emails/welcome.tsx': WELCOME,
    'emails/_parts/signed.tsx': SIGNED,
    'emails/messages/en.json': '{"welcome":{"subject":"Hello {name}","open":"Open"}}',
    'emails/messages/fr.json': '{"welcome":{"subject":"Bonjour {name}"}}',
    'emails/messages/ar.json': '{"welcome":{"open":"افتح"}}',
    'emails/curious.tsx': CURIOUS,
    'emails/loops.tsx': template('for (;;);'),
    'emails/throws.tsx': template('return <p>{props.user.name}</p>'),
    'emails/huge.tsx': template("return <p>{'x'.repeat(300_000)}</p>"),
    'emails/hungry.tsx': template('const all = []; for (;;) all.push(new Uint8Array(8e6).fill(1))'),
    'emails/broken.tsx': 'export default function (',
    'emails/silent.tsx': 'export default () => <p>Hi</p>',
    'emails/changing.tsx': template('return <p>before</p>'),
  },
})

const send = async (mail: object) =>
  expectStatus(await server.anonymous.post('/api/functions/send', mail), 200).body as unknown as string
const shown = async (id: string) => expectStatus(await server.api.get(`/api/admin/mail/${id}`), 200).body
const ended = async (id: string) => {
  await until(async () => !['queued'].includes((await shown(id)).status as string))
  return shown(id)
}

describe('a template', () => {
  test('is rendered with its values and the texts of the nearest locale', async () => {
    const ids = await Promise.all([
      send({ template: 'welcome', props: { name: 'Ann' }, locale: 'fr-CA' }),
      send({ template: 'welcome', props: { name: '<b>Ann</b>\r\nBcc: eve@example.com' } }),
    ])
    expect((await ended(ids[0])).subject).toBe('Bonjour Ann')
    expect(await ended(ids[1])).toMatchObject({
      status: 'sent',
      subject: 'Hello <b>Ann</b> Bcc: eve@example.com',
      template: 'welcome',
      function: 'send',
    })
  })

  test('is as its file is now', async () => {
    const id = await send({ template: 'changing' })
    expect((await ended(id)).status).toBe('sent')
    writeFileSync(server.project.path('emails/changing.tsx'), template('throw new Error("after")'))
    expect((await ended(await send({ template: 'changing' }))).error).toBe('emails/changing.tsx: after')
  })

  test('that does not exist is refused before anything is stored', async () => {
    const refused = await server.anonymous.post('/api/functions/send', { template: 'welcom', props: {} })
    expectError(refused, 'VALIDATION_ERROR')
    expect(JSON.stringify(refused.body)).toContain('which is not in emails/')
  })
})

test('a template reaches nothing but its values', async () => {
  const file = server.project.path('data/koyalite.db')
  const props = encodeURIComponent(JSON.stringify({ file, url: server.process.url }))
  const { email } = expectStatus(await server.api.get(`/api/admin/mail/templates/curious?props=${props}`), 200).body
  const found = /\{.*\}/.exec((email as { text: string }).text)?.[0] ?? ''
  const seen = JSON.parse(found)
  expect(seen).toMatchObject({ env: 'NODE_ENV', network: 'refused', server: '404' })
  const { isolation } = expectStatus(await server.api.get('/api/admin/functions/send'), 200).body
  // A plain process of the server's user has its files within reach.
  if (isolation !== 'process') expect([seen.database, existsSync(`${file}.x`)]).toEqual(['refused', false])
})

test('a template that fails ends its own mail with the reason, and holds up no other', async () => {
  const reasons: readonly (readonly [name: string, reason: string])[] = [
    ['loops', 'did not render within 4 s'],
    ['throws', 'emails/throws.tsx: undefined is not an object'],
    ['huge', '256 KB are allowed'],
    ['hungry', 'MB of memory'],
    ['broken', 'emails/broken.tsx:1:'],
    ['silent', 'exports no subject'],
  ]
  const ids = await Promise.all(reasons.map(([name]) => send({ template: name })))
  const other = await send({ template: 'welcome', props: { name: 'Ann' } })
  for (const [index, [name, reason]] of reasons.entries()) {
    const { status, error } = await ended(ids[index] ?? '')
    expect([name, status]).toEqual([name, 'failed'])
    expect(error).toContain(reason)
  }
  expect((await ended(other)).status).toBe('sent')
}, 60_000)
