import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createProject, runKoyalite, type TempProject } from '@koyalite/testkit'

setDefaultTimeout(180_000)

const WELCOME = `export const subject = ({ name, t }) => t('welcome.subject', { name })
export const PreviewProps = { name: 'Ann' }
export default ({ name, t }) => <html><body><p>{t('welcome.body')} {name}</p></body></html>
`
let project: TempProject
beforeAll(() => {
  project = createProject({
    schema: 'version: 1\ncollections: {}\n',
    files: {
      'emails/welcome.tsx': WELCOME,
      'emails/messages/en.json': '{"welcome":{"subject":"Hello {name}","body":"Body"}}',
      'emails/messages/fr.json': '{"welcome":{"subject":"Bonjour {name}"}}',
      'emails/otp.tsx': "export const subject = 'x'\nexport default ({ code }) => <p>{code.nothing.there}</p>\n",
    },
  })
})
afterAll(() => project.remove())
const run = (...args: readonly string[]) => runKoyalite(['emails', ...args, '--dir', project.dir])

test('templates are checked in each language, and what is wrong is said', async () => {
  const { code, stdout } = await run('check')
  expect(code).toBe(1)
  expect(stdout).toContain('✓ emails/welcome.tsx  en')
  expect(stdout).toContain('✗ emails/welcome.tsx  fr\n    fr has no text welcome.body')
  expect(stdout).toContain('✗ emails/otp.tsx  en\n    emails/otp.tsx: undefined is not an object')
})

test('a template is rendered without being sent', async () => {
  const shown = await run('preview', 'welcome', '--locale', 'fr', '--props', '{"name":"Bob"}')
  expect(shown.stdout).toBe('Bonjour Bob\n\nBody Bob\n')
})
