import { expect, setDefaultTimeout, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { tempFolder } from './testing/temp-folder'
import { WORKER_FILES } from './worker-file'

// Real files, threads and processes, on a machine that may be busy.
setDefaultTimeout(60_000)

const ROOT = resolve(import.meta.dir, '../../..')

test('C1 an executable has the driver, its threads and its reader processes inside, and one library mapped', async () => {
  using folder = tempFolder()
  const program = folder.file('program')
  const entries = ['packages/sqlite/src/testing/compiled-main.ts', ...WORKER_FILES]
  const options = ['--compile', '--root', ROOT, '--define', `KOYALITE_MUSL=${isMusl()}`, '--outfile', program]
  const build = Bun.spawnSync([process.execPath, 'build', ...options, ...entries], { cwd: ROOT, stderr: 'pipe' })
  expect(build.stderr.toString()).not.toContain('error')

  const run = Bun.spawnSync([program, folder.file('a.db')], { cwd: folder.file('.'), stderr: 'inherit' })
  const told = JSON.parse(run.stdout.toString()) as { counted: number; stored: number; libraries: string[] | null }
  expect(told.counted).toBe(told.stored)
  if (told.libraries !== null) {
    expect(told.libraries).toHaveLength(1)
    // Not from the folder that it was built in.
    expect(told.libraries[0]).not.toContain(ROOT)
  }
  expect(embedded(readFileSync(program))).toHaveLength(1)
})

/** The platforms whose library is in the executable, known by a piece from its middle. */
function embedded(program: Buffer): string[] {
  const folder = join(
    dirname(Bun.resolveSync('better-sqlite3-multiple-ciphers/package.json', import.meta.dir)),
    'prebuilds',
  )
  return readdirSync(folder).filter((name) => {
    const library = readFileSync(join(folder, name))
    const middle = Math.floor(library.length / 2)
    return program.includes(library.subarray(middle, middle + 256))
  })
}

function isMusl(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
  return process.platform === 'linux' && !report.header?.glibcVersionRuntime
}
