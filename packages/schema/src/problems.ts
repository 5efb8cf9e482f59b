import type { Position, SchemaProblem } from './model'

/** Takes one thing that is wrong, so that a reader can go on and find the others. */
export type Report = (position: Position, message: string) => void

export interface ProblemList {
  readonly report: Report
  /** In the order of the file; the same message at the same place once. */
  readonly sorted: () => readonly SchemaProblem[]
  readonly isEmpty: () => boolean
}

/** Collects what is wrong with one file. */
export function problemList(file: string): ProblemList {
  const problems = new Map<string, SchemaProblem>()
  return {
    report: ({ line, column }, message) => {
      problems.set(`${line}:${column}:${message}`, { file, line, column, message })
    },
    sorted: () => [...problems.values()].sort((a, b) => a.line - b.line || a.column - b.column),
    isEmpty: () => problems.size === 0,
  }
}

/** `schema.yaml:12:13 unknown type 'strng' (did you mean 'string'?)` */
export function formatProblem(problem: SchemaProblem): string {
  return `${problem.file}:${problem.line}:${problem.column} ${problem.message}`
}
