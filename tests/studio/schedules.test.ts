import { describe, expect, test } from 'bun:test'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import { settledFunction } from '../functions/settled-function'
import { FILES, firingsOf, SCHEMA, ticksOf } from '../schedules/ticking'
import { button } from './page-actions'
import { axeViolations, BROWSER, useStudio } from './studio-browser'

const VIEWS = [
  [1440, 'light'],
  [900, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const

describe.skipIf(BROWSER === null)('schedules in the studio', () => {
  const server = useServer({ schema: SCHEMA, files: FILES })
  const { openAs } = useStudio(server, 'viewer')
  const create = async (schedule: object) => {
    await settledFunction(server, 'tick')
    expectStatus(await server.api.post('/api/admin/schedules', { function: 'tick', ...schedule }), 201)
  }

  test('without any it says what they are, and how to make one', async () => {
    const { page, complaints } = await openAs('owner', '/_/schedules')
    await page.getByRole('heading', { name: 'No schedules yet' }).waitFor()
    await page.getByText('koyalite schedules create daily digest').waitFor()
    expect(complaints()).toEqual([])
    await page.close()
  })

  test('one is run, paused, resumed and deleted; its panel has its next times and its last firings', async () => {
    await create({ name: 'nightly', cron: '30 2 * * *', timezone: 'Europe/Berlin', payload: { note: 'hello' } })
    const { page, complaints } = await openAs('owner', '/_/schedules')
    const table = page.getByRole('region', { name: 'Table of schedules' })
    await button(page, 'Run now: nightly').click()
    await page.getByText('Ran nightly').waitFor()
    await until(async () => (await ticksOf(server.api, 'nightly')).length === 1)
    await table.getByText('done: by hand').waitFor()
    await table.getByRole('link', { name: 'nightly' }).click()
    const panel = page.getByRole('complementary', { name: 'Schedule' })
    await panel
      .getByText(/02:30 in Europe\/Berlin/)
      .first()
      .waitFor()
    await panel.getByText('done: by hand').waitFor()
    await panel.getByText('{"note":"hello"}').waitFor()
    const more = async (item: string) => {
      await button(page, 'More for nightly').click()
      await page.getByRole('menuitem', { name: item }).click()
    }
    await more('Pause')
    await panel.getByText(/^It is paused/).waitFor()
    await more('Resume')
    await panel.getByText('active').waitFor()
    const [firing] = await firingsOf(server.api, 'nightly')
    await panel.getByRole('link', { name: `Executions of the job ${firing?.job?.id}` }).click()
    await page.getByRole('region', { name: 'Table of executions' }).waitFor()
    await page.goto('/_/schedules')
    await more('Delete')
    await button(page, 'Delete nightly').click()
    await page.getByRole('heading', { name: 'No schedules yet' }).waitFor()
    expect(complaints()).toEqual([])
    await page.close()
  })

  test('a viewer sees them, and nothing that would fail; all of it looks right for axe', async () => {
    await create({ name: 'hourly', cron: '0 * * * *' })
    expectStatus(await server.api.post('/api/admin/schedules/hourly/run', {}), 202)
    const { page, complaints } = await openAs('viewer', '/_/schedules?name=hourly')
    const panel = page.getByRole('complementary', { name: 'Schedule' })
    await panel.getByText('done: by hand').waitFor()
    expect(await button(page, 'Run now: hourly').getAttribute('title')).toBe('Your role cannot change schedules.')
    for (const path of ['schedules?name=hourly', 'schedules']) {
      await page.goto(`/_/${path}`)
      await page.getByRole('main').locator('table, dl').first().waitFor()
      for (const [width, colorScheme] of VIEWS) {
        await page.setViewportSize({ width, height: 844 })
        await page.emulateMedia({ colorScheme })
        expect([path, width, await axeViolations(page)]).toEqual([path, width, []])
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
      }
    }
    expect(complaints()).toEqual([])
    await page.close()
  })
})
