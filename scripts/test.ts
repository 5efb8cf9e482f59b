// `npm test`: every check and every test, and one closing line over all of them. `npm run check` leaves the end-to-end tests out.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { add, type Counts, closingLine, junitCounts, NOTHING } from './junit-counts'
import { installSystemPackages } from './system-packages'

const root = resolve(import.meta.dir, '..')

/** Each counts as one. */
const CHECKS: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'types', command: ['run', 'tsc', '-p', '.'] },
  { name: 'lint', command: ['run', 'biome', 'check', '.'] },
  { name: 'walls', command: ['scripts/check-walls.ts'] },
]

/** Test files beside the code they test, and those that drive whole processes. */
const FAST = ['packages', 'services', 'adapters', 'scripts', 'bench']
const SLOW = ['apps', 'examples', 'tests']

const { values } = parseArgs({ options: { fast: { type: 'boolean', default: false } } })
const groups = values.fast
  ? [{ name: 'tests', folders: FAST }]
  : [
      { name: 'tests', folders: FAST },
      { name: 'end to end', folders: SLOW },
    ]
if (!values.fast) await installSystemPackages()
let counts = NOTHING
for (const check of CHECKS) counts = add(counts, await runCheck(check.name, check.command))
for (const group of groups) counts = add(counts, await runTests(group.name, group.folders))
if (counts.passed <= CHECKS.length && counts.failed === 0) {
  console.log('No test ran.')
  counts = add(counts, { ...NOTHING, failed: 1 })
}
console.log(`\n${closingLine(counts)}`)
process.exit(counts.failed === 0 ? 0 : 1)

async function runCheck(name: string, command: readonly string[]): Promise<Counts> {
  const started = performance.now()
  const child = Bun.spawn([process.execPath, ...command], {
    cwd: root,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [exitCode, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()])
  const took = `${((performance.now() - started) / 1000).toFixed(1)} s`
  console.log(`${exitCode === 0 ? '✓' : '✗'} ${name} (${took})`)
  if (exitCode === 0) return { ...NOTHING, passed: 1 }
  console.log(`${stdout}${stderr}`.trimEnd())
  return { ...NOTHING, failed: 1 }
}

async function runTests(name: string, folders: readonly string[]): Promise<Counts> {
  const files = await testFiles(folders)
  console.log(`\n── ${name}: ${files.length} files`)
  if (files.length === 0) return NOTHING
  const scratch = mkdtempSync(join(tmpdir(), 'koyalite-test-'))
  const report = join(scratch, 'report.xml')
  try {
    const child = Bun.spawn(
      [process.execPath, 'test', '--timeout=60000', '--reporter=junit', `--reporter-outfile=${report}`, ...files],
      { cwd: root, stdin: 'ignore', stdout: 'inherit', stderr: 'inherit' },
    )
    const exitCode = await child.exited
    const written = Bun.file(report)
    return junitCounts((await written.exists()) ? await written.text() : null, exitCode)
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

async function testFiles(folders: readonly string[]): Promise<readonly string[]> {
  const files: string[] = []
  for await (const path of new Bun.Glob(`{${folders.join(',')}}/**/*.test.{ts,tsx}`).scan({ cwd: root })) {
    if (!path.includes('node_modules')) files.push(`./${path}`)
  }
  return files.sort()
}
