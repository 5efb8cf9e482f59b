import { styleText } from 'node:util'

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
  process.stdout.write(`${text}\n`)
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value))
}

/** What is said when a project is loaded, for its author. */
export function warningLines(warnings: readonly string[]): readonly string[] {
  return warnings.map((warning) => `${paint('yellow', 'warning')}: ${warning}`)
}

/** For people who watch; never part of the output that programs parse. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** `1,234,567` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** `84 ms`, `4.2 s` */
export function formatDuration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
