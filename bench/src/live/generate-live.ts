import { join } from 'node:path'
import { onGeneratorCore } from '../cores'
import type { LiveJob } from './live-job'

/** A generator at work in a process of its own, on the generator's core. */
export interface LiveGenerator {
  /** The line that it prints when it is done, or has everything in place. */
  result(): Promise<string>
  end(): void
}

export function generateLive(job: LiveJob): LiveGenerator {
  const child = Bun.spawn([...onGeneratorCore([process.execPath, join(import.meta.dir, 'live-generator-main.ts')])], {
    stdin: new Blob([JSON.stringify(job)]),
    stdout: 'pipe',
    stderr: 'inherit',
  })
  return {
    async result() {
      const decoder = new TextDecoder()
      let text = ''
      for await (const chunk of child.stdout) {
        text += decoder.decode(chunk, { stream: true })
        if (text.endsWith('\n')) return text
      }
      throw new Error(
        `the live generator ended before it had a result: ${job.kind}, ${job.audience}, ${job.subscribers}`,
      )
    },
    end: () => child.kill(),
  }
}
