import type { PrivateOutput } from './private-output'

/** Stdout, as fast as its reader. */
export function standardOutput(): PrivateOutput {
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
      }),
    finish() {},
    abandon() {},
  }
}
