import { expect, setDefaultTimeout, test } from 'bun:test'
import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs'
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

  const told = run(program, folder.file('a.db'))
  expect(told.counted).toBe(told.stored)
  if (told.libraries !== null) {
    expect(told.libraries).toHaveLength(1)
    // Not from the folder that it was built in.
    expect(told.libraries[0]).not.toContain(ROOT)
    const [extracted = ''] = told.libraries[0]?.split('#') ?? []
    const longAgo = new Date('2020-01-01')
    utimesSync(extracted, longAgo, longAgo)
    run(program, folder.file('b.db'))
    // Else it would be cleaned away while a server runs that started long after it was extracted.
    expect(statSync(extracted).mtime.getTime()).toBeGreaterThan(longAgo.getTime())
  }
  expect(embedded(readFileSync(program))).toHaveLength(1)
})

interface Told {
  readonly counted: number
  readonly stored: number
  readonly libraries: readonly string[] | null
}

function run(program: string, path: string): Told {
  const { stdout } = Bun.spawnSync([program, path], { cwd: dirname(path), stderr: 'inherit' })
  return JSON.parse(stdout.toString()) as Told
}

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
