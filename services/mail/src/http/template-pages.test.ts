import { expect, test } from 'bun:test'
import { ANONYMOUS, type MailTemplates, TemplateError } from '@koyalite/contracts'
import { createHttpApp, createHttpMetrics, NO_LOG } from '@koyalite/kernel'
import type { MailSettings } from '../mail-settings'
import { templatePages } from './template-pages'

const TEMPLATES: MailTemplates = {
  list: () => ['welcome', 'broken'].map((name) => ({ name, file: `emails/${name}.tsx`, locales: [] })),
  locales: () => ['en', 'fr'],
  version: () => 'v1',
  async render({ name, locale }) {
    if (name === 'broken') throw new TemplateError('<i>broken</i>', { isFinal: true, trace: 'at <i>' })
    const html = '<script>alert(1)</script><img src="https://example.com/pixel.png"><p>Hi</p>'
    return { subject: 'S <i>', html, text: 'T <i>', locale, props: { name: '<i>' }, missing: ['a.b'], untranslated: [] }
  },
}
const app = createHttpApp({
  routes: templatePages({
    settings: () => ({ name: 'Blog', email: { locale: 'en' } }) as MailSettings,
    templates: () => TEMPLATES,
  }),
  settings: {
    ...{ host: '127.0.0.1', url: null, cors: { origins: ['*'], credentials: false }, headers: {} },
    ...{ max_body: 1000, trust_proxy: false },
  },
  ...{ log: NO_LOG, metrics: createHttpMetrics(), authenticate: () => ANONYMOUS, checkHost: false },
})
const get = (path: string, ip = '127.0.0.1') => app.fetch(new Request(`http://localhost/_/mail/${path}`), { ip })

test('a preview shows a template in frames of two widths, with its text, and nothing of it becomes markup', async () => {
  const response = await get('templates/welcome?locale=fr')
  const text = await response.text()
  for (const width of [600, 360])
    expect(text).toContain(`width="${width}" src="/_/mail/templates/welcome/html?locale=fr"`)
  expect(text).toContain('sandbox="allow-popups"')
  expect(text).toContain('No language has: a.b')
  expect(text).not.toContain('<i>')
  expect(response.headers.get('content-security-policy')).toContain("frame-src 'self'")
})

test('what a frame shows runs nothing and loads nothing', async () => {
  const response = await get('templates/welcome/html')
  expect(await response.text()).toContain('<p>Hi</p>')
  const policy = response.headers.get('content-security-policy')
  for (const part of ["default-src 'none'", 'img-src data:', 'sandbox allow-popups', "frame-ancestors 'self'"])
    expect(policy).toContain(part)
  expect(policy).not.toContain('script')
  expect(response.headers.get('x-frame-options')).toBe('SAMEORIGIN')
})

test('a template that fails shows why', async () => {
  const text = await (await get('templates/broken')).text()
  expect(text).toContain('&lt;i&gt;broken&lt;/i&gt;')
  expect(text).not.toContain('<iframe')
  expect((await get('templates/nothing')).status).toBe(404)
})

test('pages are for callers on this machine, and follow files', async () => {
  for (const path of ['templates/welcome', 'templates/welcome/html', 'version'])
    expect([path, (await get(path, '192.0.2.9')).status]).toEqual([path, 403])
  expect(await (await get('version')).text()).toBe('v1')
  expect(await (await get('reload.js')).text()).toContain('location.reload()')
})
