import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type BrowserPage,
  createProject,
  findBrowser,
  freePort,
  koyaliteEnvironment,
  openPage,
  type ServerProcess,
  startServer,
  type TempProject,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)
const browser = findBrowser()
const FOLDER = join(import.meta.dir, 'todo')
/** Where to put pictures for people to look at. */
const PICTURES = process.env.KOYALITE_PICTURES

function run(...command: readonly string[]): void {
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, ...command], {
    cwd: FOLDER,
    env: koyaliteEnvironment(),
  })
  expect({ exitCode, output: exitCode === 0 ? '' : `${stdout}${stderr}` }).toEqual({ exitCode: 0, output: '' })
}

describe('examples/todo', () => {
  const port = freePort()
  let project: TempProject
  let server: ServerProcess
  const pages: BrowserPage[] = []
  beforeAll(async () => {
    project = createProject()
    for (const part of ['schema.yaml', 'koyalite.yaml']) cpSync(join(FOLDER, part), project.path(part))
    run('../../apps/cli/src/main.ts', 'generate', '--dir', FOLDER)
    run('run', 'tsc', '-p', FOLDER)
    run('--bun', 'run', 'vite', 'build', '--outDir', project.path('public'), '--logLevel', 'warn')
    server = await startServer(project, { port })
  })
  afterAll(async () => {
    for (const page of pages) await page.close()
    await server?.kill('SIGKILL')
    project?.remove()
  })

  test('compiles and builds', async () => {
    expect(await (await fetch(`${server.url}/public/index.html`)).text()).toContain('<div id="root">')
  })

  describe.skipIf(browser === null)('in browsers', () => {
    let ann: BrowserPage
    let ben: BrowserPage
    const rows = (list: string) =>
      `[...document.querySelectorAll('#${list} li')].map((li) => li.querySelector('.title').innerText).join()`
    const shows = (page: BrowserPage, list: string, text: string) =>
      page.until(`${rows(list)} === ${JSON.stringify(text)}`)
    const saved = (page: BrowserPage) => page.until(`document.querySelector('[data-pending]') === null`)
    const picture = async (page: BrowserPage, name: string) => {
      if (PICTURES) writeFileSync(join(PICTURES, `todo-${name}.png`), await page.screenshot())
    }
    /** As a person types: React hears of it by an event. */
    const type = (page: BrowserPage, id: string, text: string) =>
      page.evaluate(`{
        const field = document.getElementById('${id}')
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, ${JSON.stringify(text)})
        field.dispatchEvent(new Event('input', { bubbles: true }))
        field.form.requestSubmit()
      }`)
    const click = (page: BrowserPage, selector: string) =>
      page.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`)

    async function join_(name: string, options: Parameters<typeof openPage>[2]): Promise<BrowserPage> {
      const page = await openPage(browser ?? '', `${server.url}/public/index.html`, options)
      pages.push(page)
      await page.until(`document.getElementById('name') !== null`)
      await picture(page, `join-${name}`)
      await type(page, 'name', name)
      await page.until(`document.getElementById('title') !== null`)
      return page
    }

    test('what one person writes, the other one sees', async () => {
      ann = await join_('Ann', { width: 1440, scheme: 'light' })
      ben = await join_('Ben', { width: 390, height: 844, scheme: 'dark' })
      await picture(ann, 'empty')
      await type(ann, 'title', 'Book the night train')
      await type(ann, 'title', 'Ask for the keys')
      await shows(ben, 'open', 'Ask for the keys,Book the night train')
      await type(ben, 'title', 'Buy bread')
      await shows(ann, 'open', 'Buy bread,Ask for the keys,Book the night train')
      await click(ben, '#open li:last-child input')
      await shows(ann, 'done', 'Book the night train')
      await saved(ann)
      expect(
        await ann.evaluate(
          `[...document.querySelectorAll('#open .person')].map((one) => one.innerText.trim()).join('')`,
        ),
      ).toMatch(/B.*A/s)
      await picture(ann, 'two-people')
      await picture(ben, 'two-people-phone')
    })

    test('what is refused is back, with the reason', async () => {
      await click(ben, '#open li:last-child .remove')
      await ben.until(`document.querySelector('.notices li')?.innerText.includes('Only the person')`)
      await shows(ben, 'open', 'Buy bread,Ask for the keys')
      await picture(ben, 'refused')
      await click(ann, '#open li:last-child .remove')
      await shows(ben, 'open', 'Buy bread')
    })

    test('without the server it says so, and afterwards has what it missed', async () => {
      await server.kill('SIGKILL')
      await ann.until(`document.querySelector('.banner').dataset.shown === 'true'`)
      expect(await ann.evaluate(rows('open'))).toBe('Buy bread')
      await picture(ann, 'away')
      server = await startServer(project, { port })
      await ben.until(`document.querySelector('.banner').dataset.shown === 'false'`)
      await type(ben, 'title', 'Water the plants')
      await shows(ann, 'open', 'Water the plants,Buy bread')
      await ann.until(`document.querySelector('.banner').dataset.shown === 'false'`)
    })

    test('who leaves sees nothing any more', async () => {
      await click(ben, '.quiet')
      await ben.until(`document.getElementById('name') !== null`)
      expect(await ben.evaluate('document.body.innerText')).not.toContain('Buy bread')
    })
  })
})
