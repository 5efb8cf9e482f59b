import { progress } from '@clack/prompts'
import { printableText } from '@koyalite/contracts'
import { fitted } from './terminal'

const SHOW_AFTER_MS = 1000
/** Cells beside bar and message: the spinner, spaces, and dots that come and go. */
const BESIDE = 10

export interface ProgressBar {
  /** `done` of the `total`; beside the bar stand how far it is and, as far as there is room, what is done. */
  update(done: number, state: string, what?: string): void
  /** Takes the bar away; what comes out of the work is printed by the command. */
  end(): void
}

/** A bar on a terminal for work that takes longer than a second; nothing anywhere else. */
export function progressBar(total: number): ProgressBar {
  const started = performance.now()
  let bar: ReturnType<typeof progress> | undefined
  let shown = 0
  return {
    update(done, state, what) {
      if (process.stderr.isTTY !== true || performance.now() - started < SHOW_AFTER_MS) return
      const size = Math.min(40, Math.floor(process.stderr.columns / 8))
      const beside = (taken: string) => size + taken.length + BESIDE
      const before = what === undefined ? '' : `${fitted(printableText(what), beside(`: ${state}`))}: `
      const message = fitted(`${before}${printableText(state)}`, beside(''))
      if (bar === undefined) {
        bar = progress({ max: 100, size, output: process.stderr })
        bar.start(message)
      }
      const percent = total === 0 ? 100 : Math.min(100, Math.floor((100 * done) / total))
      bar.advance(percent - shown, message)
      shown = percent
    },
    end: () => bar?.clear(),
  }
}
