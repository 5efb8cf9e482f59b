import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunningServer } from '@koyalite/server'
import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { findTestFiles } from '../functions-test/find-test-files'
import { readTestReport, type TestReport } from '../functions-test/test-report'
import { callProject, projectFolder } from '../project'
import { projectCommand } from '../project-command'
import { runningProject } from '../running-project'
import { findSeedFiles } from '../seed/seed-files'
import { note, printJson } from '../terminal'

const EXAMPLES = `koyalite functions test
koyalite functions test greet
koyalite functions test functions/greet.test.ts --test-name-pattern "signed in"
koyalite functions test --json`

interface TestOptions {
  readonly dir?: string
  readonly testNamePattern?: string
  readonly bail?: true
  readonly json?: true
}

/** Each test begins with a reset of the data, which takes its time where there are many seeds. */
const TIMEOUT_MS = 30_000

export function functionsTestCommand(): Command {
  return projectCommand('test', 'run the tests in functions/ beside a server of the project for them alone', EXAMPLES)
    .argument('[tests...]', 'only these files, or those of these functions (default: all functions/**/*.test.ts)')
    .option('-t, --test-name-pattern <pattern>', 'only tests whose names match this regular expression')
    .option('--bail', 'stop after the first failure')
    .option('--json', 'print {"ok","passed","failed","skipped","tests":[{"file","name","status","ms","message"}]}')
    .action(async (tests: readonly string[], options: TestOptions) => {
      const dir = projectFolder(options.dir)
      const files = findTestFiles(dir, tests)
      const report = await runTests(dir, files, options)
      if (options.json === true) printJson(report)
      if (!report.ok) throw new CommandError(failureOf(report))
    })
}

async function runTests(dir: string, files: readonly string[], options: TestOptions): Promise<TestReport> {
  const { openFunctionTests } = await import('@koyalite/server')
  const tests = await openFunctionTests(dir)
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-report-'))
  const report = join(folder, 'report.xml')
  try {
    await noteProblems(tests.server)
    const code = await tests.run({
      args: [
        ...[`--timeout=${TIMEOUT_MS}`, '--reporter=junit', `--reporter-outfile=${report}`],
        ...(options.testNamePattern === undefined ? [] : [`--test-name-pattern=${options.testNamePattern}`]),
        ...(options.bail === true ? ['--bail'] : []),
        ...files.map((file) => `./${file}`),
      ],
      // What is printed as JSON stands alone.
      stdout: options.json === true ? 2 : 1,
      reset: () => resetData(tests.server, dir),
    })
    return readTestReport(readIfThere(report), code)
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await tests.close()
  }
}

/** What cannot be called would only look as if it were not there. */
async function noteProblems(server: RunningServer): Promise<void> {
  const { functions } = (await callProject(runningProject(server), '/api/admin/functions')) as {
    readonly functions: readonly { readonly name: string; readonly problems: readonly string[] }[]
  }
  for (const { name, problems } of functions) {
    if (problems.length > 0) note(`${name} is not what is in its file:\n${problems.join('\n')}`)
  }
}

async function resetData(server: RunningServer, dir: string): Promise<void> {
  const project = runningProject(server)
  await callProject(project, '/api/admin/reset', { method: 'POST' })
  if (findSeedFiles(dir, project.environment).length === 0) return
  const { seedProject } = await import('./db-seed')
  await seedProject(project, { dir, paths: [], ifEmpty: false })
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function failureOf({ failed }: TestReport): string {
  if (failed === 0) return 'the tests did not run to their end'
  return failed === 1 ? 'a test failed' : `${failed} tests failed`
}
