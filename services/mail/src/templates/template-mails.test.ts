import { describe, expect, test } from 'bun:test'
import { type MailTemplates, type RenderedTemplate, type TemplateCall, TemplateError } from '@koyalite/contracts'
import { until } from '@koyalite/testkit'
import { useMail, written } from '../testing/use-mail'

const bench = useMail()

/** Templates that say what they were given; `render` may do anything else. */
function templates(
  render?: (call: TemplateCall) => Promise<RenderedTemplate>,
): MailTemplates & { calls: TemplateCall[] } {
  const calls: TemplateCall[] = []
  const facts = (name: string) => ({ name, file: `emails/${name}.tsx`, locales: [] })
  return {
    calls,
    list: () => ['welcome', 'broken', 'magic_link'].map(facts),
    locales: () => [],
    version: () => '1',
    async render(call) {
      calls.push(call)
      if (render !== undefined) return render(call)
      const { name } = call.props as { readonly name: string }
      const { locale, props } = call
      return {
        subject: `Hello ${name}`,
        html: `<p>${name}</p>`,
        text: name,
        locale,
        props: props as object as never,
        missing: [],
        untranslated: [],
      }
    },
  }
}
const MAIL = { subject: '', text: null, template: { name: 'welcome', props: { name: 'Ann' }, locale: 'fr' } }
const state = async (id: string) => (await bench.shown(id)).status

test('a mail of a template is stored with its values, sealed, and rendered once before it is sent', async () => {
  const gate = Promise.withResolvers<void>()
  const plain = templates()
  const used = templates(async (call) => {
    await gate.promise
    return plain.render(call)
  })
  bench.mail.useTemplates(used)
  const { value: sent } = await bench.database.write((tx) => bench.mail.send(tx, written(MAIL)))
  const { id } = sent
  expect(await bench.shown(id)).toMatchObject({ status: 'queued', template: 'welcome', subject: '' })
  const stored = bench.database.all({ text: 'SELECT * FROM "_koyalite_mails"', params: [] })
  expect(JSON.stringify(stored)).not.toContain('Ann')
  gate.resolve()
  await until(async () => (await state(id)) === 'sent')
  expect(used.calls).toEqual([{ name: 'welcome', props: { name: 'Ann' }, locale: 'fr' }])
  expect(bench.sink.mails.map(({ subject, html, text }) => [subject, html, text])).toEqual([
    ['Hello Ann', '<p>Ann</p>', 'Ann'],
  ])
  expect((await bench.shown(id)).subject).toBe('Hello Ann')
})

test('the texts stay the same however often it is sent', async () => {
  const used = templates()
  bench.mail.useTemplates(used)
  bench.sink.refusals.push(451)
  const { id } = await bench.send(MAIL)
  await until(async () => (await bench.shown(id)).error !== null)
  await bench.later()
  expect(await state(id)).toBe('sent')
  expect(used.calls).toHaveLength(1)
})

test('a template that fails is the end of that mail alone, and an operator sends it once it is mended', async () => {
  let isMended = false
  const mended = templates()
  bench.mail.useTemplates(
    templates(async (call) => {
      if (call.name === 'broken' && !isMended)
        throw new TemplateError('emails/broken.tsx: name is not defined', { isFinal: true })
      return mended.render(call)
    }),
  )
  const broken = await bench.send({ ...MAIL, template: { ...MAIL.template, name: 'broken' } })
  const other = await bench.send(MAIL)
  await until(async () => (await state(broken.id)) === 'failed' && (await state(other.id)) === 'sent')
  expect(await bench.shown(broken.id)).toMatchObject({
    error: 'emails/broken.tsx: name is not defined',
    can_resend: true,
  })
  expect(bench.mail.health().failingTemplates).toEqual([
    { name: 'broken', error: 'emails/broken.tsx: name is not defined' },
  ])
  isMended = true
  await bench.fetch('POST', `/api/admin/mail/${broken.id}/resend`)
  await until(async () => (await state(broken.id)) === 'sent')
  expect(bench.mail.health().failingTemplates).toEqual([])
})

test('what is no fault of a template is tried again', async () => {
  let failures = 1
  const works = templates()
  bench.mail.useTemplates(
    templates(async (call) => {
      if (failures-- > 0) throw new TemplateError('no memory', { isFinal: false })
      return works.render(call)
    }),
  )
  const { id } = await bench.send(MAIL)
  await until(async () => (await bench.shown(id)).error === 'no memory')
  await bench.later()
  expect(await state(id)).toBe('sent')
})

test('what can be known before is said at once', async () => {
  bench.mail.useTemplates(templates())
  const refused = async (template: object) => {
    const draft = written({ ...MAIL, template: { ...MAIL.template, ...template } })
    const sent = bench.database.write((tx) => bench.mail.send(tx, draft))
    return sent.then(
      () => null,
      (error: Error) => error.message,
    )
  }
  expect(await refused({ name: 'welcom' })).toContain('which is not in emails/; there are welcome, broken, magic_link')
  expect(await refused({ locale: 'fr_CA!' })).toContain('language tag')
  expect(await refused({ props: { text: 'x'.repeat(65_536) } })).toContain('64 KB are allowed')
  expect(await refused({ props: { text: 'x'.repeat(65_000) } })).toBeNull()
})

describe('an email of sign-in', () => {
  const LINK = 'https://example.com/_/auth/magic-link#token=abc'
  const queue = () =>
    bench.database.write((tx) =>
      bench.mail.queue(tx, {
        ...{ template: 'magic_link', to: 'ann@example.com', link: LINK, validFor: 900_000, locale: 'fr-CA' },
      }),
    )

  test('is the template of the project with its name, with the values that are documented', async () => {
    const used = templates(async ({ locale }) => {
      return { subject: 'Own', html: '<p>Own</p>', text: 'Own', locale, props: {}, missing: [], untranslated: [] }
    })
    bench.mail.useTemplates(used)
    await queue()
    await until(() => bench.sink.mails.length === 1)
    expect(bench.sink.mails[0]?.subject).toBe('Own')
    expect(used.calls).toEqual([
      {
        ...{ name: 'magic_link', locale: 'fr-CA' },
        props: { app: 'Blog', email: 'ann@example.com', link: LINK, code: null, minutes: 15 },
      },
    ])
  })

  test.each([true, false])(
    'is the default where that fails, and operators are told (its own fault: %p)',
    async (isFinal) => {
      bench.mail.useTemplates(
        templates(async () => {
          throw new TemplateError('emails/magic_link.tsx: oh', { isFinal })
        }),
      )
      await queue()
      await until(() => bench.sink.mails.length === 1)
      expect(bench.sink.mails[0]?.subject).toBe('Connexion à Blog')
      expect(bench.sink.mails[0]?.text).toContain(LINK)
      expect(bench.mail.health().failingTemplates).toEqual([{ name: 'magic_link', error: 'emails/magic_link.tsx: oh' }])
    },
  )
})

describe('previews', () => {
  const get = async (path: string) => {
    const response = await bench.fetch('GET', `/api/admin/mail/templates${path}`)
    return { status: response.status, body: (await response.json()) as Record<string, never> }
  }

  test('are listed: those of sign-in, with the file that stands for one, and the others', async () => {
    expect((await get('')).body.templates).toHaveLength(8)
    bench.mail.useTemplates(templates())
    const { templates: listed } = (await get('')).body as unknown as {
      templates: { name: string; file: string | null }[]
    }
    expect(listed.filter(({ file }) => file !== null).map(({ name }) => name)).toEqual([
      'magic_link',
      'welcome',
      'broken',
    ])
    expect(listed.find(({ name }) => name === 'otp')).toEqual({
      ...{ name: 'otp', kind: 'sign_in', file: null, locales: ['de', 'en', 'es', 'fr'] },
    } as never)
  })

  test('show an email as it would be sent, or why it could not be', async () => {
    const own = (await get('/otp?locale=de')).body
    expect(own).toMatchObject({ error: null, email: { subject: 'Dein Code für Blog', locale: 'de' } })
    bench.mail.useTemplates(
      templates(async ({ props, locale }) => {
        if (props === 'preview') throw new TemplateError('oh', { isFinal: true, trace: 'at emails/welcome.tsx:1:1' })
        return { subject: 'S', html: '<p>H</p>', text: 'T', locale, props, missing: ['a.b'], untranslated: [] }
      }),
    )
    expect((await get('/welcome')).body).toMatchObject({
      ...{ email: null, error: { message: 'oh', trace: 'at emails/welcome.tsx:1:1' } },
    } as never)
    const shown = await get(`/welcome?locale=fr-CA&props=${encodeURIComponent('{"name":"Ann"}')}`)
    expect(shown.body.email).toMatchObject({ locale: 'fr-CA', props: { name: 'Ann' }, missing: ['a.b'] } as never)
    expect((await get('/nothing')).status).toBe(404)
    expect((await get('/welcome?props=[]')).status).toBe(400)
    expect((await get('/welcome?locale=x_y')).status).toBe(400)
  })
})
