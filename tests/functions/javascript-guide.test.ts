import { afterAll, beforeAll, describe, setDefaultTimeout } from 'bun:test'
import { join } from 'node:path'
import { createProject, followGuide, freePort, type TempProject } from '@koyalite/testkit'
import { hasSandbox } from '../security/has-sandbox'
import { denoFolder } from './deno-folder'

setDefaultTimeout(60_000)

const reasons = {
  'Node.js is not installed': Bun.which('node') === null,
  'Deno is not installed': denoFolder === null,
  'bubblewrap does not work here': !hasSandbox,
}
const missing = Object.entries(reasons).flatMap(([reason, isMissing]) => (isMissing ? [` (${reason})`] : []))

describe.skipIf(missing.length > 0)(`docs/functions-javascript.md, followed to the letter${missing[0] ?? ''}`, () => {
  const { PATH } = process.env
  let project: TempProject
  beforeAll(() => {
    process.env.PATH = `${denoFolder}:${PATH}`
    project = createProject()
  })
  afterAll(async () => {
    await guide.stop()
    project.remove()
    process.env.PATH = PATH
  })

  const guide = followGuide(join(import.meta.dir, '../../docs/functions-javascript.md'), {
    dir: () => project.dir,
    port: freePort(),
    isInstalled: true,
  })
})
