import { styleText } from 'node:util'
import { printableJson, printableText } from '@koyalite/contracts'

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Colours `text` where stdout is a terminal that wants colours (NO_COLOR is respected). Only `print` and `note` show it as it is meant. */
export function paint(style: Style, text: string): string {
  return painted(style, text, process.stdout)
}

/** The same for stderr. */
export function paintError(style: Style, text: string): string {
  return painted(style, text, process.stderr)
}

function painted(style: Style, text: string, stream: NodeJS.WriteStream): string {
  const [before = '', after = ''] = styleText(style, '|', { stream }).split('|')
  return `${ours(before)}${text}${ours(after)}`
}

/** In the place of ESC in what `paint` adds. Nobody outside of this process knows it, so that no text of others can hold it. */
const ESCAPE = `\u0000${crypto.randomUUID()}\u0000`

function ours(sequence: string): string {
  return sequence.replaceAll('\u001b', ESCAPE)
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

/** Bytes that somebody else has made: as they are for a file or another program, as text that is not obeyed on a terminal. */
export async function printBytes(bytes: Uint8Array): Promise<void> {
  if (process.stdout.isTTY !== true) return void (await Bun.write(Bun.stdout, bytes))
  const text = textOfBytes(bytes)
  if (text === null) note(`${bytes.length} bytes that are not text: write them to a file with >`)
  else if (text !== '') print(text)
}

/** Null where they are not UTF-8. */
export function textOfBytes(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** A line of the log, on standard output only: for what must not stay in files. */
export interface LogEntry {
  readonly level: 'info' | 'warn'
  readonly msg: string
}

export function printEntry({ level, msg, ...fields }: LogEntry): void {
  printJson({ level, time: Date.now(), ...fields, msg })
}

/** What is said when a project is loaded, for its author. */
export function warningLines(warnings: readonly string[]): readonly string[] {
  return warnings.map((warning) => `${paint('yellow', 'warning')}: ${warning}`)
}

/** For people who watch; never part of the output that programs parse. */
export function note(text: string): void {
  process.stderr.write(`${shown(text)}\n`)
}

/**
 * For a terminal: only what `paint` has added is obeyed. Names, values and errors may come from files of others, and hold sequences that move the cursor, colour
 * or hide what is printed.
 */
export function shown(text: string): string {
  return text.split(ESCAPE).map(printableText).join('\u001b')
}

/** As much of a text as has room on one line of stderr beside `taken` other cells: what is drawn again in its place must not wrap. */
export function fitted(text: string, taken: number): string {
  const room = Math.max(4, (process.stderr.columns ?? 80) - taken)
  if (Bun.stringWidth(text) <= room) return text
  let kept = ''
  for (const character of text) {
    if (Bun.stringWidth(kept + character) >= room) break
    kept += character
  }
  return `${kept}…`
}

/** `1,234,567` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** `84 ms`, `4.2 s` */
export function formatDuration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
