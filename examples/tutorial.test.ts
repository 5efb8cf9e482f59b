import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import {
  type BrowserPage,
  createProject,
  findBrowser,
  followGuide,
  freePort,
  type Guide,
  KEYS,
  openPage,
  type TempProject,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)
const browser = findBrowser()

describe('docs/tutorial.md, followed to the letter', () => {
  let project: TempProject
  beforeAll(() => {
    project = createProject()
  })
  afterAll(async () => {
    await guide.stop()
    project.remove()
  })

  const guide = followGuide(join(import.meta.dir, '../docs/tutorial.md'), {
    dir: () => project.dir,
    port: freePort(),
    answers: { 'koyalite migrate create rename_due': [['may have been renamed', KEYS.enter]] },
    after: { 'A live page': browser === null ? async () => {} : lookAtThePage },
  })
  test('has steps', () => expect(guide.steps.length).toBeGreaterThan(30))
  test.skipIf(Bun.which('caddy') === null)('Caddy accepts its Caddyfile', () => {
    // Caddy keeps certificates in the home folder.
    const env = { ...process.env, HOME: project.dir, XDG_DATA_HOME: project.dir, XDG_CONFIG_HOME: project.dir }
    const { exitCode, stderr } = Bun.spawnSync(['caddy', 'validate', '--config', guide.path('Caddyfile')], { env })
    expect({ exitCode, output: exitCode === 0 ? '' : stderr.toString() }).toEqual({ exitCode: 0, output: '' })
  })
})

/** Ann and Ben, each in a browser of their own. */
async function lookAtThePage(guide: Guide): Promise<void> {
  const pages: BrowserPage[] = []
  const open = async (email: string) => {
    const page = await openPage(browser ?? '', `${guide.url}/public/index.html`)
    pages.push(page)
    await page.until('document.getElementById("status")?.innerText === "Please sign in."')
    await fill(page, 'sign-in', { email, password: 'correct horse battery' })
    await page.until('document.getElementById("status").innerText === "Live: Garden"')
    return page
  }
  try {
    const [ann, ben] = [await open('ann@example.com'), await open('ben@example.com')]
    await shows(ann, [' Sharpen the spade', ' Order seeds'])
    await fill(ben, 'add', { title: 'Buy gloves' })
    for (const page of [ann, ben]) await shows(page, [' Buy gloves', ' Sharpen the spade', ' Order seeds'])
    await ann.evaluate('document.querySelector("#tasks input").click()')
    await ben.until('document.querySelector("#tasks input").checked')
    expect(await ben.evaluate('document.querySelectorAll("#tasks input:checked").length')).toBe(1)
    await guide.restart()
    await fill(ann, 'add', { title: 'Water the beans' })
    await shows(ben, [' Water the beans', ' Buy gloves', ' Sharpen the spade', ' Order seeds'])
    expect(await ben.evaluate('document.querySelector("#sign-in").hidden')).toBe(true)
  } finally {
    for (const page of pages) await page.close()
  }
}

const shows = (page: BrowserPage, titles: readonly string[]) =>
  page.until(
    `[...document.querySelectorAll('#tasks label')].map((one) => one.textContent).join('|') === ${JSON.stringify(titles.join('|'))}`,
  )

const fill = (page: BrowserPage, form: string, values: Readonly<Record<string, string>>) =>
  page.evaluate(`(() => {
    const form = document.getElementById('${form}')
    for (const [name, value] of Object.entries(${JSON.stringify(values)})) form.elements[name].value = value
    form.requestSubmit()
  })()`)
