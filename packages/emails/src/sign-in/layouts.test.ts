import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { signInLayouts } from './layouts'

test('the layouts that emails of sign-in are filled into are those that `npm run emails` writes', async () => {
  const written = readFileSync(join(import.meta.dir, '../../../../services/mail/src/sign-in/layouts.json'), 'utf8')
  expect(written).toBe(`${JSON.stringify(await signInLayouts(), null, 2)}\n`)
})
