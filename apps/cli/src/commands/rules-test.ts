import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import type { testRules } from '@koyalite/server'
import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { projectFolder } from '../project'
import { projectCommand } from '../project-command'
import { formatDuration, note, paint, print, printJson } from '../terminal'

const EXAMPLES = `koyalite rules test
koyalite rules test rules/posts.test.yaml --json`

type TestReport = Awaited<ReturnType<typeof testRules>>

export function rulesTestCommand(): Command {
  return projectCommand('test', 'run the rule tests in rules/*.test.yaml, each on its own test documents', EXAMPLES)
    .argument('[files...]', 'only these files (default: all) (default: all in rules/)')
    .option('--json', 'print {"ok","passed","failed","files":[…]}')
    .action(async (paths: readonly string[], options: { dir?: string; json?: true }) => {
      const dir = projectFolder(options.dir)
      const sources = await readSources(dir, paths)
      const started = performance.now()
      const { testRules } = await import('@koyalite/server')
      const report = await testRules({ dir }, sources)
      if (options.json === true) printJson(report)
      else printReport(report, performance.now() - started)
      if (!report.ok) throw new CommandError(failureOf(report), { exitCode: 1 })
    })
}

/** The test files of a project, named as people find them from its folder. */
async function readSources(dir: string, paths: readonly string[]) {
  const files =
    paths.length > 0
      ? paths.map((path) => (existsSync(resolve(path)) ? resolve(path) : resolve(dir, path)))
      : [...new Bun.Glob('rules/**/*.test.{yaml,yml}').scanSync({ cwd: dir })].sort().map((name) => join(dir, name))
  if (files.length === 0) {
    throw new CommandError('no rule tests found', {
      advice: `Create one, such as rules/posts.test.yaml:
  actors: { ann: , mod: moderator }
  documents: { posts: { draft: { title: Draft, author_id: $ann } } }
  cases:
    - { actor: anonymous, operation: read, collection: posts, id: draft, expect: denied }`,
    })
  }
  return Promise.all(
    files.map(async (path) => {
      const name = relative(dir, path)
      try {
        return { name: name.startsWith('..') ? path : name, source: await readFile(path, 'utf8') }
      } catch (cause) {
        throw new CommandError(`${path} cannot be read`, { exitCode: 2, cause })
      }
    }),
  )
}

function printReport(report: TestReport, ms: number): void {
  for (const { file, problems, cases } of report.files) {
    print(paint('bold', file))
    for (const problem of problems) print(`  ${paint('red', '✗')} ${problem}`)
    for (const { ok, title, line, column, message, because } of cases) {
      if (ok) print(`  ${paint('green', '✓')} ${title}`)
      else {
        print(`  ${paint('red', '✗')} ${title}`)
        print(`      ${file}:${line}:${column}  ${message}`)
        for (const reason of because) print(paint('dim', `      ${reason}`))
      }
    }
  }
  const failed = report.failed === 0 ? '' : `, ${paint('red', `${report.failed} failed`)}`
  print(`\n${paint('green', `${report.passed} passed`)}${failed}  (${formatDuration(ms)})`)
  if (report.passed + report.failed === 0) note('The files contain no cases yet.')
}

function failureOf({ failed }: TestReport): string {
  return failed === 1 ? 'a rule test failed' : `${failed} rule tests failed`
}
