import { isBrokenPipe, OutputClosedError } from '../closed-output'
import type { PrivateOutput } from './private-output'

/** Stdout, as fast as its reader. */
export function standardOutput(): PrivateOutput {
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        process.stdout.write(text, (error) => {
          if (error) reject(isBrokenPipe(error) ? new OutputClosedError('stdout is closed', { cause: error }) : error)
          else resolve()
        })
      }),
    finish() {},
    abandon() {},
  }
}
