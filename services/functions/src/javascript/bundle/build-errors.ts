import { relative } from 'node:path'
import { printableText } from '@koyalite/contracts'
import type { SourceProblem } from '../../source/source-problem'
import { remoteAdvice } from './remote-imports'

const MAX_PROBLEMS = 50

/**
 * What `bun build` writes about errors, as problems with file and line:
 *
 *     error: Expected "}" but found "1"
 *         at /srv/app/functions/pay.ts:2:36
 *
 * The lines of code that it shows are left out: they may come from anywhere.
 */
export function buildErrors(
  output: string,
  { dir, entry }: { readonly dir: string; readonly entry: string },
): readonly SourceProblem[] {
  const lines = output.split('\n')
  const problems: SourceProblem[] = []
  for (const [index, line] of lines.entries()) {
    const message = /^error: (.+)$/.exec(line)?.[1]
    if (message === undefined) continue
    const [, file, row, column] = /^ +at (.+):(\d+):(\d+)$/.exec(lines[index + 1] ?? '') ?? []
    const isPlaced = file !== undefined && !relative(dir, file).startsWith('..')
    problems.push({
      file: isPlaced ? relative(dir, file).replaceAll('\\', '/') : entry,
      position: isPlaced ? { line: Number(row), column: Number(column) } : null,
      message:
        file === undefined || isPlaced ? inWords(message) : 'imports a file outside of the project that cannot be read',
    })
    if (problems.length === MAX_PROBLEMS) break
  }
  return problems
}

/** The words of the bundler; of macros, why. */
function inWords(message: string): string {
  const remote = /^Could not resolve: "(npm:[^"]+)"/.exec(message)?.[1]
  if (remote !== undefined) return printableText(`imports '${remote}': ${remoteAdvice(remote)}`)
  if (!/^macros are disabled/i.test(message)) return printableText(message)
  return 'macros are not available: they would run in the server while the function is bundled'
}
