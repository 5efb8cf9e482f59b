import { styleText } from 'node:util'
import { printableJson, printableText } from '@koyalite/contracts'

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Colours `text` where stdout is a terminal that wants colours (NO_COLOR is respected). */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout })
}

/** The same for stderr. */
export function paintError(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stderr })
}

/** Whether someone is there to answer questions. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true
}

export function print(text: string): void {
  process.stdout.write(`${shown(text)}\n`)
}

export function printJson(value: unknown): void {
  process.stdout.write(`${printableJson(value)}\n`)
}

/** What is said when a project is loaded, for its author. */
export function warningLines(warnings: readonly string[]): readonly string[] {
  return warnings.map((warning) => `${paint('yellow', 'warning')}: ${warning}`)
}

/** For people who watch; never part of the output that programs parse. */
export function note(text: string): void {
  process.stderr.write(`${shown(text)}\n`)
}

/** What `paint` adds: nothing else of what a terminal obeys gets through. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it begins what is painted
const PAINTED = /(\u001b\[(?:[12]|22|3[1236]|39)m)/

/** Names, values and errors may come from files of others, and hold sequences that move the cursor or hide what is printed. */
function shown(text: string): string {
  return text
    .split(PAINTED)
    .map((part, i) => (i % 2 === 1 ? part : printableText(part)))
    .join('')
}

/** `1,234,567` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** `84 ms`, `4.2 s` */
export function formatDuration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
