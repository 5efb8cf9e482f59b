import { styleText } from 'node:util'
import { printableText } from '@koyalite/contracts'

/** One line for the terminal or the supervisor's journal: messages that must not appear in the log file alone. */
export function noteOnTerminal(kind: 'warning' | 'error', text: string): void {
  const label = styleText(kind === 'error' ? 'red' : 'yellow', `${kind}:`, { stream: process.stderr })
  process.stderr.write(`${label} ${printableText(text)}\n`)
}
