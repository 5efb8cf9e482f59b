import type { Report } from '@koyalite/yaml'
import type { SchemaProblem } from './model'

export interface ProblemList {
  readonly report: Report
  /** In the order of the file; the same message at the same place once. */
  readonly sorted: () => readonly SchemaProblem[]
  readonly isEmpty: () => boolean
}

/** More than anybody reads at once; each may have looked for a word that was meant. */
const MAX_PROBLEMS = 1000

/** Collects the problems of one file. */
export function problemList(file: string): ProblemList {
  const problems = new Map<string, SchemaProblem>()
  return {
    report: ({ line, column }, message) => {
      if (problems.size > MAX_PROBLEMS) return
      const said = problems.size < MAX_PROBLEMS ? message : 'the file has more errors than listed here'
      problems.set(`${line}:${column}:${said}`, { file, line, column, message: said })
    },
    sorted: () => [...problems.values()].sort((a, b) => a.line - b.line || a.column - b.column),
    isEmpty: () => problems.size === 0,
  }
}

/** `schema.yaml:12:13 unknown type 'strng' (did you mean 'string'?)` */
export function formatProblem(problem: SchemaProblem): string {
  return `${problem.file}:${problem.line}:${problem.column} ${problem.message}`
}
