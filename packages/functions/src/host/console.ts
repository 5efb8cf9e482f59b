import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { type Call, currentCall } from './call'
import type { LogLevel } from './call-log'
import { printed } from './log-text'

const LEVELS: Readonly<Record<string, LogLevel>> = {
  debug: 'debug',
  log: 'info',
  info: 'info',
  warn: 'warn',
  error: 'error',
}

/** Those that print something other than their arguments. */
const PRINTERS = [
  'assert',
  'count',
  'countReset',
  'dir',
  'dirxml',
  'group',
  'groupCollapsed',
  'groupEnd',
  'table',
  'time',
  'timeEnd',
  'timeLog',
  'trace',
] as const

/** What code prints in a call is in the log of that call; all else is printed by the process. */
export function logConsoleOfCalls(): void {
  const target = console as unknown as Record<string, (...values: unknown[]) => void>
  for (const [name, level] of Object.entries(LEVELS)) {
    const original = target[name]?.bind(console)
    target[name] = (...values) => {
      const log = currentCall()?.log
      if (log === undefined) original?.(...values)
      else if (!log.isFull) log.write(level, printed(values))
    }
  }
  for (const name of PRINTERS) {
    const original = target[name]?.bind(console)
    target[name] = (...values) => {
      const call = currentCall()
      if (call === undefined) original?.(...values)
      else (printerOf(call) as unknown as typeof target)[name]?.(...values)
    }
  }
}

/** They have state: groups, counters, timers. */
const printers = new WeakMap<Call, Console>()

function printerOf(call: Call): Console {
  const existing = printers.get(call)
  if (existing !== undefined) return existing
  const to = (level: LogLevel) =>
    new Writable({
      decodeStrings: false,
      write(text, _encoding, done) {
        call.log.write(level, String(text).replace(/\n$/, ''))
        done()
      },
    })
  const printer = new Console({ stdout: to('info'), stderr: to('error') })
  printers.set(call, printer)
  return printer
}
