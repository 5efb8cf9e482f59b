import { expect, test } from 'bun:test'
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
    list: () => [facts('welcome'), facts('broken')],
    locales: () => [],
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
  expect(await refused({ name: 'welcom' })).toContain('which is not in emails/; there are welcome, broken')
  expect(await refused({ locale: 'fr_CA!' })).toContain('language tag')
  expect(await refused({ props: { text: 'x'.repeat(65_536) } })).toContain('64 KB are allowed')
  expect(await refused({ props: { text: 'x'.repeat(65_000) } })).toBeNull()
})
