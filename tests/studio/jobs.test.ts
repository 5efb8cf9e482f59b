import { beforeAll, describe, expect, test } from 'bun:test'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import { button, field, press } from './page-actions'
import { axeViolations, BROWSER, useStudio } from './studio-browser'

const HOSTILE = '<img src=x onerror=alert(1)>'
const FILES = {
  'functions/digest.ts': `import { Abort, defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { queue: { name: 'mail', result: true } },
  input: { title: { type: 'string' } },
  handler({ title }) {
    console.log('writes', title)
    if (title === 'bad') throw new Abort('no such digest: ${HOSTILE}')
    return { written: title }
  },
})
`,
  'functions/build.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { queue: { name: 'slow', timeout: '1h', sensitive: true } },
  async handler(_, ctx) {
    await ctx.job?.progress(0.25)
    await new Promise((_, reject) => ctx.signal.addEventListener('abort', () => reject(new Error('stopped'))))
  },
})
`,
}
const LISTENER = `import { defineFunction } from '@koyalite/functions'
export default defineFunction({ config: { events: ['orders.paid'] }, handler: () => null })
`
const VIEWS = [
  [1440, 'light'],
  [900, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const

describe.skipIf(BROWSER === null)('jobs in the studio', () => {
  const server = useServer({
    schema: 'version: 1\ncollections: {}\n',
    settings: 'auth: { rate_limit: { login: 1000/second } }',
    files: { ...FILES, 'functions/on-paid.ts': LISTENER },
  })
  const { openAs } = useStudio(server, 'viewer')

  const push = async (name: string, payload: object, options: object = {}): Promise<string> =>
    expectStatus(await server.api.post('/api/admin/jobs', { name, payload, ...options }), 201).body.id
  const stateOf = async (id: string): Promise<string> => (await server.api.get(`/api/admin/jobs/${id}`)).body.state

  test('an empty list says what a job is, and one is pushed by its form', async () => {
    const { page, complaints } = await openAs('owner', '/_/jobs')
    await page.getByRole('heading', { name: 'No jobs yet' }).waitFor()
    await button(page, 'Push a job').click()
    await field(page, 'Function').fill('nobody')
    await button(page, 'Push').click()
    await page.getByRole('alert').getByText('nobody').waitFor()
    await field(page, 'Function').fill('digest')
    // An example of what the function takes, until something else is written.
    await page.getByRole('textbox', { name: 'Payload' }).getByText('"title"').waitFor()
    await page.getByRole('textbox', { name: 'Payload' }).focus()
    await press(page, 'Control+a', 'Delete')
    // The editor closes brackets and quotes itself.
    await page.keyboard.type('{ "title": ')
    await page.getByText('The payload is not JSON').first().waitFor()
    await page.keyboard.type('"first"')
    await page.getByText('The payload is not JSON').first().waitFor({ state: 'detached' })
    await field(page, 'Key').fill('once')
    expect(await axeViolations(page)).toEqual([])
    await button(page, 'Push').click()
    const panel = page.getByRole('complementary', { name: 'Job' })
    await panel.getByText('done', { exact: true }).waitFor()
    await panel.getByText('"written": "first"').waitFor()
    await panel.getByText('once', { exact: true }).waitFor()
    await panel.getByRole('link', { name: /^digest@/ }).click()
    await page.getByRole('complementary', { name: 'Execution' }).getByText('writes first').waitFor()
    // What nobody handles is refused by a 404, and browsers report that.
    expect(complaints().filter((one) => !one.includes('status of 4'))).toEqual([])
    await page.close()
  }, 60_000)

  describe('of which some are there', () => {
    let dead = ''
    beforeAll(async () => {
      dead = await push('digest', { title: 'bad' })
      await until(async () => (await stateOf(dead)) === 'dead')
    }, 30_000)

    test('a dead one says why, is run again and deleted; the address has the filter', async () => {
      const { page, complaints } = await openAs('owner', '/_/jobs')
      const table = page.getByRole('region', { name: 'Table of jobs' })
      await table.getByText('done', { exact: true }).first().waitFor()
      await field(page, 'State').selectOption('dead')
      await page.waitForURL(/state=dead/)
      await table.getByText('done', { exact: true }).first().waitFor({ state: 'detached' })
      await table.getByText('ABORT: no such digest').waitFor()
      await table.getByRole('link', { name: 'digest' }).click()
      const panel = page.getByRole('complementary', { name: 'Job' })
      await panel.getByText(HOSTILE).waitFor()
      expect(await page.locator('img').count()).toBe(0)
      const cancel = panel.getByRole('button', { name: 'Cancel' })
      expect([await cancel.getAttribute('aria-disabled'), await cancel.getAttribute('title')]).toEqual([
        'true',
        'It is dead.',
      ])
      await panel.getByRole('button', { name: 'Run again' }).click()
      await page.getByText('digest runs again').waitFor()
      await until(async () => (await server.api.get('/api/admin/functions/executions')).body.executions.length === 3)
      await until(async () => (await stateOf(dead)) === 'dead')
      await panel.getByRole('button', { name: 'Delete' }).click()
      await button(page, 'Delete digest').click()
      await page.getByText('Deleted digest').waitFor()
      await panel.waitFor({ state: 'detached' })
      await page.getByText('No job that is kept matches').waitFor()
      expect(complaints()).toEqual([])
      await page.close()
    }, 60_000)

    test('a queue is paused, which its jobs say, and resumed by Undo; a running job is cancelled', async () => {
      const { page, complaints } = await openAs('owner', '/_/queues')
      await button(page, 'Pause slow').click()
      await page.getByText('Paused slow').waitFor()
      const row = page.getByRole('row').filter({ hasText: 'slow' })
      await row.getByText('paused', { exact: true }).waitFor()
      const id = await push('build', { card: 'kept-to-itself-0815' })
      await row.getByText(/^waits for/).waitFor()
      const other = await openAs('owner', `/_/jobs?id=${id}`)
      const panel = other.page.getByRole('complementary', { name: 'Job' })
      await panel.getByText("The queue 'slow' is paused.").waitFor()
      await panel.getByText(/payload and its result are hidden/).waitFor()
      expect(await other.page.content()).not.toContain('kept-to-itself-0815')
      await button(page, 'Undo').click()
      await page.getByText('Resumed slow').waitFor()
      await panel.getByText('running 25 %').waitFor()
      await panel.getByRole('button', { name: 'Cancel' }).click()
      await button(other.page, 'Cancel build').click()
      await panel.getByText('cancelled', { exact: true }).waitFor()
      expect([await stateOf(id), complaints(), other.complaints()]).toEqual(['cancelled', [], []])
    }, 60_000)

    test('the list goes on by itself, stands still beside an open job, and shows what becomes of its jobs', async () => {
      const { page, complaints } = await openAs('owner', '/_/jobs')
      const rows = page.getByRole('region', { name: 'Table of jobs' }).getByRole('link')
      await rows.first().waitFor()
      const before = await rows.count()
      const waiting = await push('digest', { title: 'later' }, { delay: '1h' })
      await until(async () => (await rows.count()) === before + 1)
      await rows.first().click()
      const panel = page.getByRole('complementary', { name: 'Job' })
      await panel.getByText(/It is scheduled for/).waitFor()
      await push('digest', { title: 'third' })
      await page.getByRole('button', { name: '1 new' }).waitFor()
      await panel.getByRole('button', { name: 'Run now' }).click()
      await panel.getByText('done', { exact: true }).waitFor()
      await page.locator(`tr[data-id="${waiting}"]`).getByText('done', { exact: true }).waitFor()
      expect(await rows.count()).toBe(before + 1)
      await rows.first().focus()
      await page.keyboard.press('Escape')
      await until(async () => (await rows.count()) === before + 2)
      expect(complaints()).toEqual([])
      await page.close()
    }, 60_000)

    test('viewers look, and what would fail is off', async () => {
      const { page, complaints } = await openAs('viewer', '/_/jobs')
      const link = page.getByRole('region', { name: 'Table of jobs' }).getByRole('link').first()
      await link.waitFor()
      expect(await button(page, 'Push a job').getAttribute('title')).toBe('Your role cannot push jobs.')
      await link.click()
      const remove = page.getByRole('complementary', { name: 'Job' }).getByRole('button', { name: 'Delete' })
      await remove.waitFor()
      expect(await remove.getAttribute('title')).toBe('Your role cannot change jobs.')
      await page.getByRole('link', { name: 'Queues', exact: true }).click()
      await button(page, 'Pause mail').waitFor()
      expect(await button(page, 'Pause mail').getAttribute('title')).toBe('Your role cannot pause queues.')
      await page.goto('/_/operate/tasks')
      await page.getByRole('heading', { name: 'Background', level: 1 }).waitFor()
      await page.waitForURL(/\/_\/background$/)
      await page.getByText('jobs.prune').waitFor()
      expect(complaints()).toEqual([])
      await page.close()
    }, 60_000)

    test('one page has everything that runs by itself; events are replayed to a function', async () => {
      const { page, complaints } = await openAs('owner', '/_/background')
      const table = page.getByRole('region', { name: 'Table of what runs by itself' })
      for (const group of ['Queues', 'Subscribers of events', 'Mail', 'The server’s tasks'])
        await table.getByRole('rowheader', { name: group }).waitFor()
      await button(page, 'Run now: jobs.prune').click()
      await page.getByText('Ran jobs.prune').waitFor()
      await table.getByText('behind by nothing').waitFor()
      await table.getByRole('link', { name: 'Subscribers of events' }).click()
      await page.getByRole('region', { name: 'Table of subscribers' }).getByText('live', { exact: true }).waitFor()
      await button(page, 'Replay events to on-paid').click()
      await button(page, 'Replay').click()
      await page.getByText('Replayed 0 events to on-paid').waitFor()
      expect(complaints()).toEqual([])
      await page.close()
    }, 60_000)

    test('all of it looks right for axe, and nothing runs over', async () => {
      const { page, complaints } = await openAs('owner', '/_/jobs')
      const [{ id }] = (await server.api.get('/api/admin/jobs?state=done')).body.jobs
      for (const path of ['jobs', `jobs?id=${id}`, 'queues', 'background', 'events']) {
        await page.goto(`/_/${path}`)
        await page.getByRole('main').locator('table').first().waitFor()
        if (path.includes('id=')) await page.getByRole('complementary', { name: 'Job' }).locator('dl').waitFor()
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
})
