import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import { startRefusingMailServer } from '../fixtures/refusing-mail-server'
import { settledFunction } from '../functions/settled-function'
import { type Receiver, startReceiver } from '../webhooks/receiver'
import { button, field } from './page-actions'
import { axeViolations, BROWSER, useStudio } from './studio-browser'

const HOSTILE = '<img src=x onerror=alert(1)>'
const VIEWS = [
  [1440, 'light'],
  [900, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const

/** Of a function that writes to people. */
const WELCOME = `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true' },
  handler: ({ to }: any, ctx) => ctx.mail.send({ to, subject: 'Welcome ${HOSTILE}', text: 'kept-to-itself-0815' }),
})
`

describe.skipIf(BROWSER === null)('what is sent to others, in the studio', () => {
  const mailServer = startRefusingMailServer()
  afterAll(() => mailServer.stop())
  const server = useServer({
    schema: `version: 1
collections:
  posts:
    fields:
      id: { type: int, primary: true, default: auto }
      title: { type: string }
    rules: { create: "true", read: "true", update: "true" }
`,
    settings: `auth: { rate_limit: { login: 1000/second } }
webhooks: { allow: [127.0.0.1] }
email: { transport: smtp, url: "${mailServer.url}", from: shop@example.com }
`,
    files: { 'functions/welcome.ts': WELCOME },
  })
  const { openAs } = useStudio(server, 'viewer')
  let receiver: Receiver
  beforeAll(() => {
    receiver = startReceiver()
  })
  afterAll(() => receiver.stop())
  const post = async (title: string): Promise<number> =>
    expectStatus(await server.api.post('/api/collections/posts', { title }), 201).body.id

  test('an endpoint is made by its form, which says what the address guard refuses; its secret is shown once', async () => {
    const { page, complaints } = await openAs('owner', '/_/webhooks')
    await page.getByRole('heading', { name: 'No endpoints yet' }).waitFor()
    await button(page, 'New endpoint').click()
    await field(page, 'Name').fill('crm')
    await field(page, 'URL').fill('http://10.0.0.1/hook')
    await button(page, 'posts.*').click()
    await button(page, 'Create endpoint').click()
    await page.getByText('10.0.0.1 is not on the public internet').waitFor()
    await page.getByRole('link', { name: 'webhooks.allow' }).waitFor()
    expect(await axeViolations(page)).toEqual([])
    await field(page, 'URL').fill(receiver.url)
    await button(page, 'Create endpoint').click()
    expect(await field(page, 'The secret').inputValue()).toMatch(/^whsec_/)
    await button(page, 'I have stored it').click()
    const panel = page.getByRole('complementary', { name: 'Endpoint' })
    await panel.getByRole('button', { name: 'Send a test' }).click()
    await panel.getByText(/^crm answered 204 after/).waitFor()
    await panel.getByRole('button', { name: 'More for crm' }).click()
    await page.getByRole('menuitem', { name: 'Rotate the secret' }).click()
    await button(page, 'Rotate the secret').click()
    expect(await field(page, 'The secret').inputValue()).toMatch(/^whsec_/)
    await button(page, 'I have stored it').click()
    await panel.getByRole('button', { name: 'Edit' }).click()
    await field(page, 'Only when').fill("doc.title != 'secret'")
    await button(page, 'Change crm').click()
    await panel.getByText("doc.title != 'secret'").waitFor()
    await panel.getByRole('button', { name: 'Disable' }).click()
    await panel.getByText('An operator has disabled it').waitFor()
    await panel.getByRole('button', { name: 'Enable' }).click()
    await panel.getByText('active', { exact: true }).waitFor()
    // What the guard refused is a 422, and browsers report that.
    expect(complaints().filter((one) => !one.includes('status of 4'))).toEqual([])
    await page.close()
  }, 60_000)

  test('deliveries are followed, filtered and replayed; one that fails blocks its document until it is skipped', async () => {
    const { page, complaints } = await openAs('owner', '/_/deliveries')
    const rows = page.getByRole('region', { name: 'Table of deliveries' }).getByRole('link')
    await page.getByRole('heading', { name: 'Nothing was sent yet' }).waitFor()
    await post(HOSTILE)
    await rows.first().click()
    const panel = page.getByRole('complementary', { name: 'Delivery' })
    await panel.getByText('delivered', { exact: true }).waitFor()
    await panel.getByText(HOSTILE).waitFor()
    expect(await page.locator('img').count()).toBe(0)
    const message = receiver.messages.at(-1)
    await panel.getByText(message?.id ?? 'none', { exact: true }).waitFor()
    await panel.getByText(`POST ${receiver.url}`).waitFor()
    const before = receiver.messages.length
    await panel.getByRole('button', { name: 'Replay', exact: true }).click()
    await panel.getByText('Replay of').waitFor()
    await receiver.received(before + 1)
    expect(receiver.messages.at(-1)).toMatchObject({ id: message?.id, body: message?.body })
    await panel.getByText('delivered', { exact: true }).waitFor()
    await panel.getByRole('button', { name: 'Replay with a new id' }).click()
    await receiver.received(before + 2)
    expect(receiver.messages.at(-1)?.id).not.toBe(message?.id ?? '')
    await panel.getByRole('button', { name: 'Close' }).click()

    receiver.answer = () => new Response(null, { status: 500 })
    const id = await post('first')
    expectStatus(await server.api.patch(`/api/collections/posts/${id}`, { title: 'second' }), 200)
    await field(page, 'Event').fill('posts.updated')
    await page.waitForURL(/event=posts.updated/)
    await until(async () => (await rows.count()) === 1)
    await rows.first().click()
    await panel.getByText('blocked', { exact: true }).waitFor()
    await panel
      .getByText(/an earlier event of the document/)
      .getByRole('link')
      .click()
    await panel.getByText('answered 500').first().waitFor()
    await panel.getByText('1 of its document').waitFor()
    receiver.answer = () => new Response(null, { status: 204 })
    await panel.getByRole('button', { name: 'Skip' }).click()
    await button(page, 'Skip posts.created').click()
    await panel.getByText('skipped', { exact: true }).waitFor()
    await page.locator('tr').getByText('delivered', { exact: true }).waitFor()
    expect(complaints()).toEqual([])
    await page.close()
  }, 60_000)

  test('a mail that failed says why, and is sent again; its address is suppressed, and removed from the list', async () => {
    const { page, complaints } = await openAs('owner', '/_/mails')
    await page.getByRole('heading', { name: 'No mails yet' }).waitFor()
    await settledFunction(server, 'welcome')
    expectStatus(await server.anonymous.post('/api/functions/welcome', { to: 'ann@example.com' }), 200)
    const table = page.getByRole('region', { name: 'Table of mails' })
    await table.getByText('failed', { exact: true }).waitFor()
    await table.getByRole('link').first().click()
    const panel = page.getByRole('complementary', { name: 'Mail' })
    await panel.getByText('no such mailbox').first().waitFor()
    await panel.getByRole('link', { name: 'welcome' }).waitFor()
    expect(await page.content()).not.toContain('kept-to-itself-0815')
    expect(await page.locator('img').count()).toBe(0)
    await panel.getByRole('button', { name: 'Send again' }).click()
    await page.getByText('is sent now').waitFor()
    await panel.getByText('failed', { exact: true }).waitFor()
    await field(page, 'State').selectOption('sent')
    await page.getByText('No mail that is kept is sent').waitFor()

    await page.getByRole('link', { name: 'Suppressions', exact: true }).click()
    const addresses = page.getByRole('region', { name: 'Table of suppressed addresses' })
    await addresses.getByText('bounce', { exact: true }).waitFor()
    await button(page, 'Add an address').click()
    await field(page, 'Address').fill('Bob <bob@example.com>')
    await button(page, 'Suppress').click()
    await page.getByRole('alert').getByText('one plain email address').waitFor()
    await field(page, 'Address').fill('bob@example.com')
    await field(page, 'Note').fill(HOSTILE)
    await button(page, 'Suppress').click()
    await addresses.getByText(HOSTILE).waitFor()
    await button(page, 'Remove ann@example.com').click()
    await button(page, 'Remove it from the list').click()
    await addresses.getByText('ann@example.com').waitFor({ state: 'detached' })
    expect(complaints().filter((one) => !one.includes('status of 4'))).toEqual([])
    await page.close()
  }, 60_000)

  test('a template is shown in a frame of its own, in a language, in dark colours and as plain text', async () => {
    const { page, complaints } = await openAs('owner', '/_/mails/templates')
    await page.getByRole('navigation', { name: 'Templates' }).getByRole('link', { name: 'reset_password' }).click()
    const frame = page.frameLocator('iframe')
    await frame.getByRole('link', { name: 'Choose a new password' }).waitFor()
    await field(page, 'Language').selectOption('de')
    await frame.getByRole('link', { name: 'Neues Passwort wählen' }).waitFor()
    const backgroundOf = () => frame.locator('body').evaluate('getComputedStyle(document.body).backgroundColor')
    const light = await backgroundOf()
    await field(page, 'Colours').selectOption('dark')
    await until(async () => (await backgroundOf()) !== light)
    await field(page, 'View').selectOption('text')
    await page.getByRole('region', { name: 'Plain text' }).getByText('https://example.com').waitFor()
    await page.waitForURL(/locale=de/)
    expect(complaints()).toEqual([])
    await page.close()
  }, 60_000)

  test('viewers see no address, body or button that they may not', async () => {
    const { page, complaints } = await openAs('viewer', '/_/webhooks?name=crm')
    const panel = page.getByRole('complementary', { name: 'Endpoint' })
    await panel.getByText('/…').waitFor()
    expect(await panel.getByRole('button', { name: 'Send a test' }).getAttribute('title')).toBe(
      'Your role cannot change webhooks.',
    )
    expect(await page.getByRole('link', { name: 'Mail', exact: true }).count()).toBe(0)
    const [{ id }] = (await server.api.get('/api/admin/webhook-deliveries?event=posts.updated')).body.deliveries
    await page.goto(`/_/deliveries?id=crm/${id}`)
    await page.getByText(/which those see who may change webhooks/).waitFor()
    expect(complaints()).toEqual([])
    await page.close()
  }, 60_000)

  test('all of it looks right for axe, and nothing runs over', async () => {
    const { page, complaints } = await openAs('owner', '/_/webhooks')
    const [{ id }] = (await server.api.get('/api/admin/webhook-deliveries?event=posts.updated')).body.deliveries
    const [{ id: mail }] = (await server.api.get('/api/admin/mail')).body.mails
    const paths = [
      'webhooks?name=crm',
      `deliveries?id=crm/${id}`,
      `mails?id=${mail}`,
      'mails/suppressions',
      'mails/templates',
    ]
    for (const path of paths) {
      await page.goto(`/_/${path}`)
      await page.getByRole('main').locator('table, iframe').first().waitFor()
      if (path.includes('?')) await page.getByRole('complementary').locator('dl').first().waitFor()
      for (const [width, colorScheme] of VIEWS) {
        await page.setViewportSize({ width, height: 844 })
        await page.emulateMedia({ colorScheme })
        expect([path, width, await axeViolations(page)]).toEqual([path, width, []])
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
      }
    }
    expect(complaints()).toEqual([])
    await page.close()
  }, 120_000)
})
