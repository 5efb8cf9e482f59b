import { describe, expect, test } from 'bun:test'
import { useServer } from '@koyalite/testkit'
import { axeViolations, BROWSER, useStudio } from './studio-browser'

const SCHEMA = `version: 1
collections:
  posts:
    fields: { id: { type: uuid, primary: true, default: auto }, title: { type: string, nullable: true } }
`

describe.skipIf(BROWSER === null)('the studio fits what one looks at', () => {
  const server = useServer({ schema: SCHEMA, settings: 'auth: { rate_limit: { login: 1000/second } }' })
  const studios = useStudio(server, 'viewer')

  test('the line between SQL and its result is moved by keys and by the pointer, and stays there', async () => {
    const studio = await studios.openAs('owner', '/_/sql')
    const { page } = studio
    const line = page.getByRole('separator', { name: 'Height of the editor' })
    const percent = async () => Number(await line.getAttribute('aria-valuenow'))
    await line.waitFor()
    expect(await percent()).toBe(38)
    await line.focus()
    await page.keyboard.press('ArrowDown')
    expect(await percent()).toBe(40)
    await page.keyboard.press('Home')
    expect(await percent()).toBe(15)
    await page.keyboard.press('ArrowUp')
    expect(await percent()).toBe(15)
    const at = await line.boundingBox()
    if (at === null) throw new Error('the line is not seen')
    const [x, y] = [at.x + at.width / 2, at.y + at.height / 2]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x, y + 200, { steps: 4 })
    await page.mouse.up()
    const dragged = await percent()
    expect(dragged).toBeGreaterThan(30)
    const moved = await line.boundingBox()
    expect(Math.abs((moved?.y ?? 0) - at.y - 200)).toBeLessThan(4)
    expect(await axeViolations(page)).toEqual([])
    await page.reload()
    await line.waitFor()
    expect(await percent()).toBe(dragged)
    await line.dblclick()
    expect(await percent()).toBe(38)
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test('on a phone one bar stands above the documents; the rest of it is unfolded, and filters are counted', async () => {
    const studio = await studios.openAs('owner', '/_/data/posts')
    const { page } = studio
    await page.setViewportSize({ width: 390, height: 844 })
    const more = page.getByRole('button', { name: 'Filters and columns', exact: true })
    await more.waitFor()
    expect(await page.getByRole('button', { name: 'Columns', exact: true }).isVisible()).toBe(false)
    await more.click()
    await page.getByRole('button', { name: 'Columns', exact: true }).waitFor()
    expect(await axeViolations(page)).toEqual([])
    await more.click()
    await page.getByRole('button', { name: 'Collections' }).click()
    const drawer = page.getByRole('dialog', { name: 'Collections' })
    await drawer.getByRole('link', { name: /users/ }).waitFor()
    expect(await axeViolations(page)).toEqual([])
    await drawer.getByRole('link', { name: /posts/ }).click()
    await drawer.waitFor({ state: 'detached' })
    await page.goto('/_/data/posts?where=doc.title%20%3D%3D%20null')
    await page.getByRole('button', { name: 'Filters and columns, 1 applied' }).waitFor()
    expect(studio.complaints()).toEqual([])
    await page.close()
  })
})
