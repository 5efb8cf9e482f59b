import { type Call, currentCall } from './call'
import type { Calls } from './calls'
import { thrownText } from './failure-response'
import { originOf } from './passed-errors'

/**
 * What nobody catches, in a timer or a promise that nobody awaits, is an error in the log of the call that made it. The process goes
 * on: other calls run in it. Of a rejected promise Bun does not say which call it belongs to: errors of `ctx` are known by themselves,
 * others only where a single call can have made them.
 */
export function logLateErrors(calls: Calls): void {
  process.on('uncaughtException', (error) => report(error, currentCall()))
  process.on('unhandledRejection', (reason) =>
    report(reason, currentCall() ?? originOf(reason)?.call ?? only(calls.all())),
  )

  function report(error: unknown, call: Call | undefined): void {
    if (call !== undefined) {
      logUncaught(error, call)
      return
    }
    const { text, stack } = uncaughtText(error)
    const candidates = calls.all().map(({ info }) => info.execution)
    const made =
      candidates.length === 0 ? '' : ` (in one of several executions; running or last: ${candidates.join(', ')})`
    process.stderr.write(`${text}${made}\n${stack}\n`)
  }
}

/** What code of a call has left running has failed. */
export function logUncaught(error: unknown, { log }: Call): void {
  const { text, stack } = uncaughtText(error)
  log.write('error', text, { stack })
}

function uncaughtText(error: unknown): { readonly text: string; readonly stack: string } {
  const { name, message, stack } = thrownText(error)
  return { text: `nobody caught ${name}: ${message}`, stack }
}

function only(calls: readonly Call[]): Call | undefined {
  return calls.length === 1 ? calls[0] : undefined
}
