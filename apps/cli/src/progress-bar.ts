import { progress } from '@clack/prompts'
import { printableText } from '@koyalite/contracts'

const SHOW_AFTER_MS = 1000

export interface ProgressBar {
  /** `done` of the `total`; `message` stands beside the bar. */
  update(done: number, message: string): void
  /** Takes the bar away; what comes out of the work is printed by the command. */
  end(): void
}

/** A bar on a terminal for work that takes longer than a second; nothing anywhere else. */
export function progressBar(total: number): ProgressBar {
  const started = performance.now()
  let bar: ReturnType<typeof progress> | undefined
  let shown = 0
  return {
    update(done, about) {
      const message = printableText(about)
      if (process.stderr.isTTY !== true || performance.now() - started < SHOW_AFTER_MS) return
      if (bar === undefined) {
        bar = progress({ max: 100, output: process.stderr })
        bar.start(message)
      }
      const percent = total === 0 ? 100 : Math.min(100, Math.floor((100 * done) / total))
      bar.advance(percent - shown, message)
      shown = percent
    },
    end: () => bar?.clear(),
  }
}
