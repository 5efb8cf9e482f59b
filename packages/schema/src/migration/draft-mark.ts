import type { MigrationOperation } from './migration-file'

/** What applying the operations loses, whatever becomes of the file later. */
export function lossesOf(operations: readonly MigrationOperation[]): readonly string[] {
  return operations.flatMap((operation) => {
    switch (operation.type) {
      case 'drop_collection':
        return [`the documents of ${operation.collection}`]
      case 'drop_field':
        return [`the values of ${operation.collection}.${operation.field}`]
      case 'alter_field':
        return operation.fill === undefined
          ? []
          : [`the values of ${operation.collection}.${operation.field} that its fill replaces`]
      default:
        return []
    }
  })
}

/** A draft that loses data, with a first line by which an edited one can be told from one that nobody has touched. */
export function markDraft(text: string, losses: readonly string[]): string {
  const marked = `it waits until you edit it, or add the line "confirm: true".\n# It loses ${losses.join(', ')}.\n${text}`
  return `# Draft ${fingerprint(marked)}: ${marked}`
}

/** Whether a draft that loses data is as it was drafted. */
export function isUntouchedDraft(text: string): boolean {
  const lines = unixLines(text)
  const [mark, found] = MARK.exec(lines) ?? []
  return mark !== undefined && fingerprint(lines.slice(mark.length)) === found
}

/** The same file, as somebody has confirmed it. */
export function confirmDraft(text: string): string {
  return `confirm: true\n${withoutConfirmation(text)}`
}

/** What a file says, confirmed or not: it is the same migration. */
export function withoutConfirmation(text: string): string {
  return unixLines(text)
    .replace(MARKED_LINE, '')
    .replace(/^confirm:.*\n?/m, '')
}

const MARK = /^# Draft ([0-9a-f]{8}): /
const MARKED_LINE = /^# Draft [0-9a-f]{8}: .*\n/

/** Version control may change line ends. */
function unixLines(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

/** FNV-1a: it notices edits, and protects against nothing. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
