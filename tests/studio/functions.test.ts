import { beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { until, useServer } from '@koyalite/testkit'
import { button } from './page-actions'
import { axeViolations, BROWSER, useStudio } from './studio-browser'

const SCHEMA = `version: 1
collections:
  notes:
    fields: { id: { type: int, primary: true, default: auto }, title: { type: string } }
    rules: { read: "true", create: "auth.id != null" }
`
const HOSTILE = '<img src=x onerror=alert(1)>'
const HELLO = `import { defineFunction, KoyaError } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true', env: { GREETING: 'Good day', OTHER: 'kept-to-itself-0815' } },
  input: {
    name: { type: 'string', maxLength: 40, description: 'Whom to greet' },
    times: { type: 'integer', min: 1, default: 1 },
  },
  output: { message: { type: 'string' } },
  handler(input, ctx) {
    ctx.log.info('greets ' + input.name, { times: input.times })
    if (input.name === 'nobody') throw new KoyaError('NOBODY', 'Nobody is called that', { status: 409 })
    if (input.name === 'broken') throw new Error('the greeting is broken')
    return { message: ctx.env.GREETING + ', ' + input.name }
  },
})
`
const FILES = {
  'functions/hello.ts': HELLO,
  'functions/inner.ts': `export default { async fetch() { return new Response('raw') } }\n`,
  'functions/pay.ts': HELLO,
  'functions/pay.yaml': 'access: "true"\ntiemout: 3s\n',
  'functions/write.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true' },
  input: { title: 'string' },
  async handler(input, ctx) {
    console.log('writes', input.title)
    await ctx.db.notes.create({ title: input.title })
    return { auth: ctx.auth }
  },
})
`,
  'functions/whoami.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true' },
  handler: async (_, ctx) => ({ auth: ctx.auth, notes: (await ctx.db.notes.list()).length }),
})
`,
  'functions/notes.txt': 'no function\n',
}
const HOOKS = `import { defineHooks } from '@koyalite/hooks'
export default defineHooks({
  notes: {
    beforeCreate(ctx, data) {
      if (data.title === 'broken') throw new Error('the hook is broken: ${HOSTILE}')
    },
    afterCreate() {},
  },
})
`
const VIEWS = [
  [1440, 'light'],
  [900, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const

describe.skipIf(BROWSER === null)('functions in the studio', () => {
  const server = useServer({
    schema: SCHEMA,
    settings: 'auth: { rate_limit: { login: 1000/second } }',
    command: 'dev',
  })
  const { openAs, operator } = useStudio(server, 'viewer')

  function save(name: string, text: string): void {
    const path = join(server.project.dir, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const call = (name: string, input: object) => server.anonymous.post(`/api/functions/${name}`, input)
  const version = async (): Promise<number> => (await server.api.get('/api/admin/functions/hello')).body.version

  test('an empty project says how one is written, and shows it when it is', async () => {
    const { page, complaints } = await openAs('owner', '/_/functions')
    await page.getByRole('heading', { name: 'No functions yet' }).waitFor()
    await page.getByText('koyalite functions new hello').waitFor()
    expect(await axeViolations(page)).toEqual([])
    await page.goto('/_/executions')
    await page.getByRole('heading', { name: 'No executions yet' }).waitFor()
    await page.goto('/_/functions')
    for (const [name, text] of Object.entries(FILES)) save(name, text)
    await page.getByRole('link', { name: 'hello', exact: true }).waitFor()
    expect(complaints()).toEqual([])
    await page.close()
  }, 60_000)

  describe('of which some are there', () => {
    beforeAll(async () => {
      await until(async () => (await call('hello', { name: HOSTILE })).status === 200)
      expect((await call('hello', { name: 'nobody' })).status).toBe(409)
      expect((await call('hello', { name: 'broken' })).status).toBe(500)
    }, 30_000)

    test('the list says what serves, what does not and at which line, and what is no function', async () => {
      const { page, complaints } = await openAs('viewer', '/_/functions')
      const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'hello', exact: true }) })
      await row.getByText('serves', { exact: true }).waitFor()
      await row.getByText('everybody').waitFor()
      const problems = page.getByRole('list', { name: 'Problems of pay' })
      await problems.getByText(/^functions\/pay\.yaml:2:1 .*tiemout.*timeout/).waitFor()
      await page.getByRole('row', { name: /functions\/notes\.txt/ }).waitFor()
      expect(complaints()).toEqual([])
      await page.close()
    })

    test('a function shows what it takes, how it is called and the names of its environment', async () => {
      const { page, complaints } = await openAs('viewer', '/_/functions')
      await page.getByRole('link', { name: 'hello', exact: true }).click()
      await page.getByRole('heading', { name: 'hello', level: 1 }).waitFor()
      await page.getByRole('row', { name: /name string required at most 40 characters Whom to greet/ }).waitFor()
      await page.getByRole('row', { name: /times integer optional default 1 from 1/ }).waitFor()
      const curl = page.getByRole('region', { name: 'Call it: curl' })
      expect(await curl.textContent()).toContain(
        `${server.process.url}/api/functions/hello' \\\n  --json '{"name":"text"}'`,
      )
      await page.getByText('GREETING', { exact: true }).waitFor()
      expect(await page.content()).not.toContain('kept-to-itself-0815')
      expect(complaints()).toEqual([])
      await page.close()
    })

    test('a function is invoked with an example of its input, as oneself and as others, who only read', async () => {
      const { page, complaints } = await openAs('owner', '/_/functions/write?tab=invoke')
      const answer = page.getByRole('region', { name: 'Answer' })
      await page.getByRole('textbox', { name: 'Input' }).getByText('"title"').waitFor()
      await button(page, 'Invoke').click()
      await answer.getByText('200', { exact: true }).waitFor()
      await answer.getByText('"operator"').waitFor()
      await answer.getByText('writes text').waitFor()
      expect((await server.api.list('notes')).body.docs).toMatchObject([{ title: 'text' }])

      await page.getByRole('combobox', { name: /^As / }).click()
      await page.getByRole('option', { name: /^anonymous/ }).click()
      await page.waitForURL(/as=anonymous/)
      await button(page, 'Invoke').click()
      await answer.getByText('403', { exact: true }).waitFor()
      await answer.getByText('As somebody else, operators only read').first().waitFor()
      expect((await server.api.list('notes')).body.docs).toHaveLength(1)

      await page.goto('/_/functions/whoami?tab=invoke&as=anonymous')
      await button(page, 'Invoke').click()
      await answer.getByText('"auth": null').waitFor()
      await answer.getByRole('link', { name: 'Execution' }).click()
      await page.getByRole('complementary', { name: 'Execution' }).getByText('anonymous').first().waitFor()
      // Who is refused is told so by a 403, which browsers report.
      expect(complaints().filter((one) => !one.includes('status of 403'))).toEqual([])
      await page.close()

      const viewer = await openAs('viewer', '/_/functions/whoami?tab=invoke')
      await button(viewer.page, 'Invoke').waitFor()
      expect(await button(viewer.page, 'Invoke').getAttribute('title')).toBe('Your role cannot invoke functions.')
      await viewer.page.close()
      const asViewer = { ...operator('viewer').headers, 'content-type': 'application/json' }
      const path = `${server.process.url}/api/admin/data/functions/whoami`
      expect((await fetch(path, { method: 'POST', headers: asViewer, body: '{}' })).status).toBe(403)
      expect((await fetch(path, { method: 'POST', body: '{}' })).status).toBe(401)
    }, 30_000)

    test('an earlier version serves again, and that is undone; viewers only look', async () => {
      const first = await version()
      save('functions/hello.ts', HELLO.replace("', ' +", "' dear ' +"))
      await until(async () => (await version()) > first)
      const latest = await version()
      const viewer = await openAs('viewer', '/_/functions/hello?tab=versions')
      const off = button(viewer.page, `Serve this version: ${first}`)
      await off.waitFor()
      expect(await off.getAttribute('title')).toBe('Your role cannot choose the version that serves.')
      await viewer.page.close()

      const { page, complaints } = await openAs('owner', '/_/functions/hello?tab=versions')
      await button(page, `Serve this version: ${first}`).click()
      await page.getByText(`Version ${first} of hello serves`).waitFor()
      expect((await call('hello', { name: 'Ann' })).body).toEqual({ message: 'Good day, Ann' })
      await page.getByText('chosen version').first().waitFor()
      await button(page, 'Undo').click()
      await page.getByText(`Version ${latest} of hello serves`).waitFor()
      expect((await call('hello', { name: 'Ann' })).body).toEqual({ message: 'Good day dear Ann' })
      expect(complaints()).toEqual([])
      await page.close()
    }, 30_000)

    test('executions go on by themselves; one leads to its log, its request and back', async () => {
      const { page, complaints } = await openAs('owner', '/_/executions')
      const table = page.getByRole('region', { name: 'Table of executions' })
      await table.getByText('refused').first().waitFor()
      await page.getByLabel('Status').selectOption('error')
      await page.waitForURL(/status=error/)
      // What was listed before stays until what is asked for is there.
      await table.getByText('refused').first().waitFor({ state: 'detached' })
      await table.getByRole('link', { name: /^hello@/ }).click()
      const panel = page.getByRole('complementary', { name: 'Execution' })
      await panel.getByText('the greeting is broken').first().waitFor()
      await panel.getByText('greets broken').waitFor()
      await panel
        .getByText(/hello\.ts:\d+/)
        .first()
        .waitFor()
      await panel.getByText('{"times":1}').waitFor()
      await panel
        .getByRole('definition')
        .getByRole('link', { name: /^[0-9a-f-]{36}$/ })
        .click()
      const request = page.getByRole('complementary', { name: 'Request' })
      await request.getByRole('heading', { name: 'POST /api/functions/hello' }).waitFor()
      await request.getByRole('link', { name: /^hello@/ }).click()
      await panel.getByText('greets broken').waitFor()

      await page.goto('/_/executions?function=hello&status=ok')
      await table.waitFor()
      const before = await table.getByRole('link').count()
      expect((await call('hello', { name: 'later' })).status).toBe(200)
      await until(async () => (await table.getByRole('link').count()) === before + 1)
      await table.getByRole('link').first().click()
      await panel.getByText('greets later').waitFor()
      await page.keyboard.press('ArrowDown')
      await panel.getByText('greets Ann').waitFor()
      await page.keyboard.press('Escape')
      await panel.waitFor({ state: 'detached' })
      expect(complaints()).toEqual([])
      await page.close()
    }, 30_000)

    test('the palette finds functions by name', async () => {
      const { page, complaints } = await openAs('owner', '/_/')
      await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: 'Find anything' }).fill('inner')
      await page.getByRole('option', { name: /inner/ }).first().click()
      await page.waitForURL(/\/functions\/inner$/)
      await page.getByText('raw: it answers requests itself').waitFor()
      expect(complaints()).toEqual([])
      await page.close()
    })

    test('all of it looks right for axe, and nothing runs over', async () => {
      const { page, complaints } = await openAs('owner', '/_/functions')
      const pages = [
        'functions',
        'functions/hello',
        'functions/pay',
        'functions/hello?tab=versions',
        'functions/hello?tab=invoke',
        'executions',
      ]
      for (const path of pages) {
        await page.goto(`/_/${path}`)
        await page.getByRole('main').locator('table, dl').first().waitFor()
        for (const [width, colorScheme] of VIEWS) {
          await page.setViewportSize({ width, height: 844 })
          await page.emulateMedia({ colorScheme })
          expect([path, width, await axeViolations(page)]).toEqual([path, width, []])
          expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
        }
      }
      await page.goto('/_/executions?status=ok')
      await page.getByRole('region', { name: 'Table of executions' }).getByRole('link').last().click()
      await page.getByText(HOSTILE).first().waitFor()
      expect(await page.locator('img').count()).toBe(0)
      expect(await axeViolations(page)).toEqual([])
      expect(complaints()).toEqual([])
      await page.close()
    }, 60_000)
  })

  test('without hooks it says how the first is written; then they are listed by file, with what went wrong', async () => {
    const { page, complaints } = await openAs('viewer', '/_/hooks')
    await page.getByRole('heading', { name: 'No hooks yet' }).waitFor()
    await page.getByText('beforeCreate(ctx, data)').waitFor()
    expect(await axeViolations(page)).toEqual([])
    save('hooks/notes.ts', HOOKS)
    const table = page.getByRole('region', { name: 'Table of hooks' })
    const row = (name: string) => table.getByRole('row').filter({ hasText: name })
    await table.getByRole('rowheader', { name: 'hooks/notes.ts' }).waitFor()
    await row('notes.beforeCreate').getByText('on', { exact: true }).waitFor()
    const failed = row('notes.beforeCreate').filter({ hasText: 'has failed' }).filter({ hasText: HOSTILE })
    // What is loaded once more begins to count anew.
    await until(async () => {
      const { hooks } = (await server.api.get('/api/admin/hooks')).body
      if (hooks.every(({ failures }: { failures: number }) => failures === 0))
        expect((await server.api.post('/api/collections/notes', { title: 'broken' })).status).toBe(500)
      return (await failed.count()) === 1
    })
    await row('notes.afterCreate').getByText('on', { exact: true }).waitFor()
    for (const [width, colorScheme] of VIEWS) {
      await page.setViewportSize({ width, height: 844 })
      await page.emulateMedia({ colorScheme })
      expect([width, await axeViolations(page)]).toEqual([width, []])
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    }
    expect(await page.locator('img').count()).toBe(0)
    expect(complaints()).toEqual([])
    await page.close()
  }, 60_000)
})
