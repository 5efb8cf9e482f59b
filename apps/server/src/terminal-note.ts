import { styleText } from 'node:util'
import { printableText } from '@koyalite/contracts'

/** One line for whoever sits at the terminal, or reads the supervisor's journal: what must not stand in the log file only. */
export function noteOnTerminal(kind: 'warning' | 'error', text: string): void {
  const label = styleText(kind === 'error' ? 'red' : 'yellow', `${kind}:`, { stream: process.stderr })
  process.stderr.write(`${label} ${printableText(text)}\n`)
}
