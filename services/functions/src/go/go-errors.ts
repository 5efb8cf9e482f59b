import { printableText } from '@koyalite/contracts'
import type { SourceProblem } from '../source/source-problem'

const MAX_PROBLEMS = 50
/** Of a message of which it is not known which file it is about. */
const MAX_LINES = 5

export interface ErrorPlace {
  /** The folder of the module, relative to the project's. */
  readonly root: string
  /** What problems are about that have no place. */
  readonly entry: string
  /** Where its files are while it is built. */
  readonly source: string
  /** Whether the project has a go.mod for it. */
  readonly hasModule: boolean
}

/**
 * What `go build` writes about errors, as problems with file and line:
 *
 *     # functions/report
 *     report/main.go:12:9: undefined: total
 *     go: go.mod:3: unknown directive: requier
 */
export function goErrors(output: string, place: ErrorPlace): readonly SourceProblem[] {
  const { root, entry } = place
  const problems: SourceProblem[] = []
  const others: string[] = []
  for (const line of output.replaceAll(`${place.source}/`, '').split('\n')) {
    const [, file, row, column, message] =
      /^(?:go: )?(?:\.\/)?([^\s:]+\.go|go\.mod):(\d+)(?::(\d+))?: (.+)$/.exec(line) ?? []
    if (file !== undefined && !file.startsWith('/') && !file.startsWith('..')) {
      const position = { line: Number(row), column: Number(column ?? 1) }
      problems.push({ file: `${root}/${file}`, position, message: inWords(message ?? '', place) })
    } else if (/\S/.test(line) && !/^(#|go: errors parsing|go: downloading)/.test(line)) {
      others.push(line.trim())
    }
  }
  if (problems.length > 0) return problems.slice(0, MAX_PROBLEMS)
  if (others.length === 0) return []
  const text = others.slice(0, MAX_LINES).join('; ').replace(/^go: /, '')
  return [{ file: entry, position: null, message: inWords(text, place) }]
}

/** The words of the compiler; of modules, what to do. */
function inWords(message: string, { root, hasModule }: ErrorPlace): string {
  const text = printableText(message)
  const [, missing] = /(?:no required module provides|cannot find module providing) package ([^\s;:]+)/.exec(text) ?? []
  if (missing !== undefined) {
    const first = hasModule ? '' : `'go mod init functions' and `
    return `imports ${missing}, which is in no module of go.mod: run ${first}'go get ${missing}' in ${root}/`
  }
  if (/missing go\.sum entry|updates to go\.(mod|sum) needed/.test(text)) {
    return `${text.replace(/[;:] to (add|update) it.*$/, '')}: run 'go mod tidy' in ${root}/`
  }
  return text
}
