// `npm test`: every check and every test, and one closing line over all of them. `npm run check` leaves the end-to-end tests out.
// `npm run test:long` runs the long form of what is drawn at random, killed or measured. `--save-timings` notes which files take long.
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { add, type Counts, closingLine, NOTHING, readJunitReport, repeated, type TestReport } from './junit-report'
import { installSystemPackages } from './system-packages'

const root = resolve(import.meta.dir, '..')

/** Each counts as one. */
const CHECKS: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'types', command: ['run', 'tsc', '-p', '.'] },
  { name: 'types of the studio', command: ['run', 'tsc', '-p', 'apps/studio'] },
  { name: 'lint', command: ['run', 'biome', 'check', '.'] },
  { name: 'walls', command: ['scripts/check-walls.ts'] },
  { name: 'dead code', command: ['run', 'knip', '--no-progress', '--no-config-hints'] },
]

interface Group {
  readonly name: string
  readonly files: readonly string[]
  readonly atOnce: number
  /** Besides that of this process; undefined takes a variable away. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Test files beside the code they test; those that took longer than LONG_MS run with those that drive whole processes. */
const FAST = ['packages', 'services', 'adapters', 'scripts', 'bench']
/** The whole server in the process of the test, which may then have no variable that the server would take for a setting. */
const SERVER = ['apps/server']
/** Those that drive whole processes. */
const SLOW = ['apps/cli', 'examples', 'tests']
/**
 * Files that run one after the other, when all others have: passwords are hashed at the lowest priority there is, so a hundred hashes beside busy
 * processes would take longer than requests wait.
 */
const ALONE = ['tests/security/brute-force.test.ts', 'tests/security/races.test.ts']

/** Tests wait for disks and other processes for much of their time: one more at a time than there are processors. */
const AT_ONCE = availableParallelism() + 1
/**
 * Processes that live for a second never earn back the time that compiling and optimizing their code takes: a third of the processor time of a command, on a
 * machine without an idle processor. What runs long is still compiled and optimized.
 */
const SHORT_LIVED = { BUN_JSC_thresholdForJITAfterWarmUp: '4000', BUN_JSC_thresholdForOptimizeAfterWarmUp: '20000' }
/** Go keeps what it has compiled by the folder that it was in, unless paths are left out: tests write theirs to another one each time. */
const GO = { GOFLAGS: [process.env.GOFLAGS, '-trimpath'].filter(Boolean).join(' ') }
/** How long each file took once: the longest begin first, so that no processor is idle at the end. */
const TIMINGS = join(import.meta.dir, 'test-timings.json')
const SLOWEST_SHOWN = 8
const IS_CI = process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false'
/** Failures in more files than this are no accident. */
const MAX_REPEATED = 3
/** Compilers of other languages, browsers: not for `npm run check`. */
const LONG_MS = 8_000

/** What the long form of tests means; each can be set by itself too. */
const LONG: Readonly<Record<string, string>> = {
  KOYALITE_CEL_CASES: '2000000',
  KOYALITE_CEL_GO_RULES: '200000',
  KOYALITE_CLIENT_LIVE_STEPS: '2000',
  KOYALITE_FRAMES_RUNS: '20000',
  KOYALITE_FUZZ_MESSAGES: '100000',
  KOYALITE_FUZZ_REQUESTS: '200000',
  KOYALITE_JOBS_KILL_ROUNDS: '200',
  KOYALITE_JOBS_RUNS: '5000',
  KOYALITE_KILL_ROUNDS: '50',
  KOYALITE_LIVE_STEPS: '20000',
  KOYALITE_MODEL_STEPS: '20000',
  KOYALITE_POLICY_WORLDS: '200',
  KOYALITE_POWER_CUT_WRITES: '5000',
  KOYALITE_PROPERTY_SECONDS: '60',
  KOYALITE_WALKS: '500',
  KOYALITE_WATCHDOG_ROUNDS: '20',
  KOYALITE_WATCHDOG_MS: '50',
}

const { values } = parseArgs({
  options: {
    fast: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    'save-timings': { type: 'boolean', default: false },
  },
})
const started = performance.now()
const scratch = mkdtempSync(join(tmpdir(), 'koyalite-test-'))
const failed: string[] = []
const skipped: string[] = []
const unstable: string[] = []
let counts = NOTHING
try {
  if (!values.fast) await installSystemPackages()
  const [built, ...checks] = await Promise.all([executable(), ...CHECKS.map(runCheck)])
  for (const one of checks) counts = add(counts, one)
  for (const group of await groups(built)) counts = add(counts, await runTests(group))
} catch (error) {
  failed.push(error instanceof Error ? error.message : String(error))
  counts = add(counts, { ...NOTHING, failed: 1 })
} finally {
  rmSync(scratch, { recursive: true })
}
for (const title of skipped) console.log(`skipped: ${title}`)
for (const title of unstable) console.log(`unstable, failed at first and passed when it was repeated alone: ${title}`)
for (const title of failed) console.log(`failed: ${title}`)
console.log(`\n${secondsSince(started)} s in all\n${closingLine(counts)}`)
process.exit(counts.failed === 0 ? 0 : 1)

async function runCheck({ name, command }: (typeof CHECKS)[number]): Promise<Counts> {
  const started = performance.now()
  const { exitCode, output } = await run(command)
  console.log(`${exitCode === 0 ? '✓' : '✗'} ${name} (${secondsSince(started)} s)`)
  if (exitCode === 0) return { ...NOTHING, passed: 1 }
  console.log(output)
  failed.push(name)
  return { ...NOTHING, failed: 1 }
}

/** The product as it is released: it starts in a fourth of the processor time that the source takes, and tests start it hundreds of times. */
async function executable(): Promise<string> {
  if (process.env.KOYALITE_BIN) return resolve(process.env.KOYALITE_BIN)
  const path = join(scratch, process.platform === 'win32' ? 'koyalite.exe' : 'koyalite')
  const { exitCode, output } = await run(['scripts/build.ts', '--outfile', path])
  if (exitCode !== 0) throw new Error(`the executable for the tests could not be built:\n${output}`)
  return path
}

/** @param built the executable */
async function groups(built: string): Promise<readonly Group[]> {
  const long = values.long ? Object.fromEntries(Object.entries(LONG).filter(([name]) => !(name in process.env))) : {}
  const noVariables = Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => name.startsWith('KOYALITE_'))
      .map((name) => [name, undefined]),
  )
  const timings: { readonly files: Readonly<Record<string, number>> } = await Bun.file(TIMINGS).json()
  const isLong = (file: string) =>
    file.startsWith('./packages/') && (timings.files[file.slice('./'.length)] ?? 0) > LONG_MS
  const beside = await testFiles(FAST)
  const own = { ...long, KOYALITE_BIN: built }
  const fast = { name: 'tests', files: beside.filter((file) => !isLong(file)), atOnce: AT_ONCE, env: own }
  if (values.fast) return [fast]
  const slow = [...(await testFiles(SLOW)), ...beside.filter(isLong)]
  const isAlone = (file: string) => ALONE.some((path) => file.endsWith(path))
  const env = { ...own, ...SHORT_LIVED }
  return [
    fast,
    { name: 'server', files: await testFiles(SERVER), atOnce: AT_ONCE, env: noVariables },
    { name: 'end to end', files: slow.filter((file) => !isAlone(file)), atOnce: AT_ONCE, env },
    { name: 'one at a time', files: slow.filter(isAlone), atOnce: 1, env },
  ]
}

async function runTests(group: Group): Promise<Counts> {
  const started = performance.now()
  const { name, files, atOnce } = group
  console.log(`\n── ${name}: ${files.length} files, ${atOnce} at once`)
  if (files.length === 0) {
    failed.push(`no file of the group '${name}' was found`)
    return { ...NOTHING, failed: 1 }
  }
  const report = await repeatFailed(group, await testReport(group))
  failed.push(...report.failed)
  skipped.push(...report.skipped)
  console.log(`${report.counts.failed === 0 ? '✓' : '✗'} ${name} (${secondsSince(started)} s); what took longest:`)
  for (const { file, seconds } of report.files.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST_SHOWN)) {
    console.log(`  ${seconds.toFixed(1).padStart(5)} s  ${file}`)
  }
  return report.counts
}

/** In CI, where nobody is there to run it again: ADR 309. */
async function repeatFailed(group: Group, first: TestReport): Promise<TestReport> {
  const files = first.failedFiles ?? []
  if (!IS_CI || files.length === 0 || files.length > MAX_REPEATED) return first
  console.log(`\n── ${group.name}: what failed in ${files.join(', ')} is repeated, alone`)
  const own = group.files.filter((file) => files.includes(file.replace(/^\.\//, '')))
  const again = await testReport({ ...group, files: own, atOnce: 1 })
  const { report, unstable: passed } = repeated(first, again)
  unstable.push(...passed)
  return report
}

async function testReport({ name, files, atOnce, env }: Group): Promise<TestReport> {
  const path = join(scratch, `${name} ${crypto.randomUUID()}.xml`)
  const options = [
    `--timeout=${values.long ? 7_200_000 : 60_000}`,
    `--parallel=${atOnce}`,
    // Each process keeps its modules from file to file: loading them again would take longer than most files.
    '--no-isolate',
    `--timings=${TIMINGS}`,
    ...(values['save-timings'] ? ['--update-timings'] : []),
    '--only-failures',
    '--reporter=junit',
    `--reporter-outfile=${path}`,
  ]
  const child = Bun.spawn([process.execPath, 'test', ...options, ...files], {
    cwd: root,
    env: { ...process.env, ...GO, ...env },
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
  })
  const exitCode = await child.exited
  const written = Bun.file(path)
  return readJunitReport((await written.exists()) ? await written.text() : null, exitCode)
}

async function run(command: readonly string[]): Promise<{ readonly exitCode: number; readonly output: string }> {
  const child = Bun.spawn([process.execPath, ...command], {
    cwd: root,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [exitCode, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()])
  return { exitCode, output: `${stdout}${stderr}`.trimEnd() }
}

async function testFiles(folders: readonly string[]): Promise<readonly string[]> {
  const files: string[] = []
  for (const folder of folders) {
    for await (const path of new Bun.Glob('**/*.test.{ts,tsx}').scan({ cwd: join(root, folder) })) {
      if (!path.includes('node_modules')) files.push(`./${folder}/${path}`)
    }
  }
  return files.sort()
}

function secondsSince(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(1)
}
