import { stripVTControlCharacters } from 'node:util'
import { type CommandOptions, koyaliteCommand, koyaliteEnvironment } from './koyalite-command'

/** What is typed when a text is to be seen. */
export type Answer = readonly [when: string | RegExp, keys: string]

export const KEYS = { enter: '\r', down: '\u001b[B', interrupt: '\u0003' } as const

export interface TerminalRun {
  readonly code: number
  /** All that was shown, one frame after the other, without colours. */
  readonly shown: string
}

/** Runs a command on a pseudo-terminal, where people sit: it may ask, and gets the answers in their order. */
export async function runInTerminal(
  args: readonly string[],
  {
    cwd,
    answers = [],
    command = koyaliteCommand(),
    columns = 200,
    env = {},
  }: {
    readonly cwd: string
    readonly answers?: readonly Answer[]
    readonly command?: readonly string[]
    readonly columns?: number
    readonly env?: CommandOptions['env']
  },
): Promise<TerminalRun> {
  const decoder = new TextDecoder()
  const left = [...answers]
  let shown = ''
  /** Up to where what was shown has been answered. */
  let answered = 0
  const child = Bun.spawn([...command, ...args], {
    cwd,
    env: koyaliteEnvironment({ TERM: 'xterm-256color', ...env }),
    timeout: 60_000,
    killSignal: 'SIGKILL',
    terminal: {
      cols: columns,
      rows: 50,
      data(terminal, bytes) {
        shown += stripVTControlCharacters(decoder.decode(bytes, { stream: true }))
        const [next] = left
        if (next === undefined) return
        const at = shown.slice(answered).search(next[0])
        if (at === -1) return
        answered = shown.length
        left.shift()
        terminal.write(next[1])
      },
    },
  })
  const code = await child.exited
  child.terminal?.close()
  if (left.length > 0) throw new Error(`'${left[0]?.[0]}' was never shown, but:\n${shown}`)
  return { code, shown }
}
