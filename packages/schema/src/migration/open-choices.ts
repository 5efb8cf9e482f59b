import { readYaml, toJson } from '@koyalite/yaml'
import type { Position } from '../model'
import type { MigrationOperation } from './migration-file'

/** The heading of the alternatives that a draft has as comments. */
export function choiceHeading(question: string): string {
  return `# ${question}. Choose one, and remove the # of its lines:`
}

const HEADING = /^(\s*)# (.+)\. Choose one[,:].*$/
const COMMENTED_OPERATION = /^\s*# (- \{.*\})$/

/** A question of a draft without an answer. */
export interface OpenChoice extends Position {
  readonly question: string
}

/** The questions in the comments of a file that none of its operations answers: nothing renames or drops what they are about. */
export function openChoices(text: string, operations: readonly MigrationOperation[]): readonly OpenChoice[] {
  const answered = new Set(operations.map(subjectOf))
  const lines = text.split(/\r?\n/)
  return lines.flatMap((line, i) => {
    const [, indent = '', question] = HEADING.exec(line) ?? []
    if (question === undefined) return []
    const subjects = commentedOperations(lines, i + 1).flatMap((operation) => subjectOf(operation) ?? [])
    const isOpen = subjects.length > 0 && !subjects.some((subject) => answered.has(subject))
    return isOpen ? [{ question, line: i + 1, column: indent.length + 1 }] : []
  })
}

type Words = Readonly<Record<string, unknown>>

/** The operations in the comment that begins on a line. */
function commentedOperations(lines: readonly string[], start: number): readonly Words[] {
  let end = start
  while (/^\s*#/.test(lines[end] ?? '') && !HEADING.test(lines[end] ?? '')) end++
  return lines.slice(start, end).flatMap((line) => {
    const [, operation] = COMMENTED_OPERATION.exec(line.trimEnd()) ?? []
    const list = operation === undefined ? null : readYaml(operation, () => {})
    return list === null ? [] : (toJson(list) as readonly Words[])
  })
}

/** What an operation renames or drops. */
function subjectOf({ type, collection, field, from }: Words): string | undefined {
  switch (type) {
    case 'rename_field':
      return `${collection}.${from}`
    case 'drop_field':
      return `${collection}.${field}`
    case 'rename_collection':
      return String(from)
    case 'drop_collection':
      return String(collection)
    default:
      return undefined
  }
}
