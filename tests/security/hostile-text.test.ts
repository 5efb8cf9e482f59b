import { beforeAll, describe, expect, test } from 'bun:test'
import { isDeepStrictEqual } from 'node:util'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import type { Page } from 'playwright-core'
import { BROWSER, type StudioPage, useStudio } from '../studio/studio-browser'

/** Payloads of scripts set it, and every one has it in its text. */
const RAN = 'window.ran=1'
const IMAGE = `<img src=x onerror="${RAN}">`
const SCRIPTS = [
  IMAGE,
  `"><script>${RAN}</script>`,
  `'-(${RAN})-'`,
  `javascript:${RAN}`,
  `</title></style></textarea></script><svg onload="${RAN}">`,
  `<iframe srcdoc="<script>parent.${RAN}</script>"></iframe>`,
  `{{constructor.constructor("${RAN}")()}} \${${RAN}} <%= ${RAN} %>`,
  `[${RAN}](javascript:${RAN}) <a href=" jAvAsCrIpT:${RAN}">x</a>`,
  `<style>*{background:url(https://evil.example/${RAN})}</style><link rel=stylesheet href=//evil.example>`,
  `red;background:url(https://evil.example/${RAN})`,
]
/** Text that leaves its place: by its length, its direction, its height, its control characters. */
const SHAPES = [
  `${RAN}${'w'.repeat(3000)}`,
  `${RAN}\u202e\u2066reversed`,
  `${RAN}${'\u0351\u0316'.repeat(60)}`,
  `${RAN}\u001b[31m\ufeff\u2028`,
]
const TEXTS = [...SCRIPTS, ...SHAPES]
const IN_ADDRESS = encodeURIComponent(IMAGE)

const SCHEMA = `version: 1
collections:
  users:
    fields: { name: { type: string, nullable: true, maxLength: 5000 } }
    rules: { read: "true" }
  notes:
    description: ${JSON.stringify(TEXTS.join(' '))}
    audit: true
    fields:
      id: { type: int, primary: true, default: auto }
      key: { type: string, unique: true, maxLength: 5000, description: ${JSON.stringify(TEXTS.join(' '))} }
      text: { type: text, nullable: true, default: ${JSON.stringify(IMAGE)} }
      data: { type: json, nullable: true }
      author_id: { type: uuid, references: users.id, nullable: true }
    rules: { read: ${JSON.stringify(`doc.text != ${JSON.stringify(IMAGE)}`)} }
`
const SETTINGS = `name: ${JSON.stringify(IMAGE)}
auth:
  rate_limit: { login: 1000/second, register: 1000/second }
  oauth: { ${JSON.stringify(IMAGE)}: { client_id: id, issuer: "https://localhost:1" } }
`
const ECHO = `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true' },
  input: { text: { type: 'string', description: ${JSON.stringify(TEXTS.join(' '))} } },
  handler({ text }, ctx) {
    ctx.log.info(text, { [text]: text })
    console.log(text)
    throw Object.assign(new Error(text), { name: text })
  },
})
`

/** What the page did with text that it should only show. Violations of its policy are scripts that it did not escape. */
const WATCH = `window.refused = []
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => refused.push(violatedDirective + ' ' + blockedURI))`
const FOUND = `({
  ran: window.ran ?? null,
  refused: window.refused,
  elements: [...document.querySelectorAll('[onerror], [onload], [srcdoc], [href*="evil.example"], [src="x"]')].map((one) => one.outerHTML),
  links: [...document.querySelectorAll('a')].filter((one) => /^\\s*javascript:/i.test(one.getAttribute('href') ?? '')).map((one) => one.outerHTML),
})`
const NOTHING = { ran: null, refused: [], elements: [], links: [] }
/** Encoded too, as paths of requests are. */
const IS_SHOWN = `[document.body.innerText, ...[...document.querySelectorAll('input, textarea')].map(({ value }) => value)]
  .some((text) => text.includes('window.ran'))`
const OVERFLOW = `Math.max(document.scrollingElement.scrollWidth - window.innerWidth, ...[...document.querySelectorAll('main')].map((one) => one.scrollWidth - one.clientWidth))`

/** Pages that show a hostile text, of what is stored or of their own address. */
const PAGES = [
  ...['data/notes', 'data/users', 'data/notes/1', 'data/notes/11'],
  ...[`data/notes?where=${IN_ADDRESS}`, `data/notes?sort=${IN_ADDRESS}`, `data/${IN_ADDRESS}`],
  ...['schema/notes', 'schema/yaml', `schema/${IN_ADDRESS}`],
  ...['policies/notes', 'api', 'api/notes', 'keys', 'providers'],
  ...['functions/echo', 'observe/requests', 'observe/audit', 'observe/logs'],
]
/** Lists whose first row leads to a panel that shows one. */
const LISTS = ['executions', 'observe/audit?action=document.updated', 'users', 'observe/requests?status=404']

describe.skipIf(BROWSER === null)('hostile text is text', () => {
  const server = useServer({
    schema: SCHEMA,
    settings: SETTINGS,
    files: { 'functions/echo.ts': ECHO },
    command: 'dev',
  })
  const { openAs } = useStudio(server)
  beforeAll(fill, 60_000)

  async function fill(): Promise<void> {
    if (BROWSER === null) return
    const { api, anonymous } = server
    for (const [index, text] of TEXTS.entries()) {
      const account = { email: `a${index}@example.com`, password: 'correct horse battery 9', name: text }
      const { user } = expectStatus(await anonymous.post('/api/auth/register', account), 201).body
      const note = { key: text, text, data: { [text]: [text] }, author_id: user.id }
      const { id } = expectStatus(await api.post('/api/collections/notes', note), 201).body
      expectStatus(await api.patch(`/api/collections/notes/${id}`, { text: `${text} ` }), 200)
      expectStatus(
        await api.post('/api/admin/keys', { name: text.slice(0, 90), scopes: [{ scope: 'data:read' }] }),
        201,
      )
      expectStatus(await anonymous.get(`/api/${encodeURIComponent(text)}`, { headers: { 'user-agent': IMAGE } }), 404)
      await anonymous.get(`/api/collections/notes?filter=key:eq:${encodeURIComponent(text)}&sort=-text`)
      await anonymous.post('/api/auth/login', { email: `${text.slice(0, 90)}@example.com`, password: text })
      await until(async () => (await anonymous.post('/api/functions/echo', { text })).status === 500)
    }
  }

  /** What is wrong with the page once it shows a hostile text, at the width of a desk and of a phone. */
  async function faults({ page }: StudioPage): Promise<readonly object[]> {
    const isShown = () => page.evaluate<boolean>(IS_SHOWN)
    await until(isShown, { what: `no hostile text at ${page.url()}`, withinMs: 5000 })
    const at = page.url().slice(server.process.url.length)
    const found: object[] = []
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 })
      const overflow = await page.evaluate<number>(OVERFLOW)
      if (overflow > 0) found.push({ at, width, overflow })
    }
    const ran = await page.evaluate<object>(FOUND)
    return isDeepStrictEqual(ran, NOTHING) ? found : [...found, { at, ...ran }]
  }

  async function watched(path: string): Promise<StudioPage & { readonly noticed: () => readonly string[] }> {
    const studio = await openAs('owner', path, WATCH)
    const dialogs: string[] = []
    studio.page.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    // The address of a collection that is none is answered by 404 and 400, which browsers report.
    const noticed = () => [...dialogs, ...studio.complaints().filter((line) => !/status of 40[04]/.test(line))]
    return { ...studio, noticed }
  }

  test('a page that makes elements of it is found out', async () => {
    const studio = await watched('/_/data/notes')
    await studio.page.evaluate(`document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(SCRIPTS.join(''))})`)
    const [found] = await faults(studio)
    expect(found).toMatchObject({ refused: expect.arrayContaining(['script-src-attr inline']) })
    expect(found).toMatchObject({ links: [expect.stringContaining('jAvAsCrIpT:')] })
    await studio.page.close()
  })

  test('on the pages of the studio', async () => {
    const walk = async (paths: readonly string[]): Promise<readonly unknown[]> => {
      const studio = await watched('/_/')
      const found: object[] = []
      for (const path of paths) {
        await studio.page.goto(`/_/${path}`)
        found.push(...(await faults(studio)))
      }
      await studio.page.close()
      return [...found, ...studio.noticed()]
    }
    const half = PAGES.length / 2
    expect((await Promise.all([walk(PAGES.slice(0, half)), walk(PAGES.slice(half))])).flat()).toEqual([])
  })

  test('in the details beside lists', async () => {
    const studio = await watched('/_/executions')
    const { page } = studio
    const found: object[] = []
    for (const path of LISTS) {
      await page.goto(`/_/${path}`)
      await page.getByRole('main').getByRole('row').nth(1).getByRole('link').first().click()
      await page.getByRole('complementary').last().getByText('window.ran').first().waitFor()
      found.push(...(await faults(studio)))
    }
    expect([...found, ...studio.noticed()]).toEqual([])
    await page.close()
  })

  const quoted = SCRIPTS.map((text) => `'${text.replaceAll("'", "''")}' AS "${text.replaceAll('"', '""')}"`)
  test.each([
    ['columns and values', `SELECT ${quoted.join(', ')}`, '1 row in'],
    ['rows', 'SELECT * FROM notes', `${TEXTS.length} rows in`],
    ['an error', `SELECT * FROM "${IMAGE.replaceAll('"', '""')}"`, 'no such table: <img'],
  ])('in %s of SQL', async (_name, sql, result) => {
    const studio = await watched('/_/sql')
    await runSql(studio.page, sql)
    await studio.page.getByText(result).last().waitFor()
    expect([...(await faults(studio)), ...studio.noticed()]).toEqual([])
    await studio.page.close()
  })

  test('in the name and the rows of a file that is imported', async () => {
    const studio = await watched('/_/data/notes/import')
    const buffer = Buffer.from(JSON.stringify(TEXTS.map((text) => ({ key: text, [text]: text, id: text }))))
    await studio.page
      .getByLabel('Or choose one')
      .setInputFiles({ name: `${IMAGE}.json`, mimeType: 'application/json', buffer })
    expect(await faults(studio)).toEqual([])
    await studio.page.getByRole('button', { name: /^Check / }).click()
    await studio.page.getByRole('region', { name: 'Refused rows' }).waitFor()
    expect([...(await faults(studio)), ...studio.noticed()]).toEqual([])
    await studio.page.close()
  })

  test.each(['/_/mail', '/', '/_/auth/reset-password'])('on the page %s of the server', async (path) => {
    const studio = await watched(path)
    expect([...(await faults(studio)), ...studio.noticed()]).toEqual([])
    await studio.page.close()
  })
})

async function runSql(page: Page, sql: string): Promise<void> {
  await page.locator('.cm-content').first().click()
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText(sql)
  await page.keyboard.press('Control+Enter')
}
