import { join } from 'node:path'
import { onGeneratorCore } from '../cores'
import type { LiveJob } from './live-job'

/** A generator at work in a process of its own, on the generator's core. */
export interface LiveGenerator {
  /** The next line that it prints. */
  line(): Promise<string>
  end(): void
}

export function generateLive(job: LiveJob): LiveGenerator {
  const child = Bun.spawn([...onGeneratorCore([process.execPath, join(import.meta.dir, 'live-generator-main.ts')])], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  child.stdin.write(`${JSON.stringify(job)}\n`)
  child.stdin.flush()
  const reader = child.stdout.getReader()
  const decoder = new TextDecoder()
  let text = ''
  return {
    async line() {
      while (!text.includes('\n')) {
        const { value, done } = await reader.read()
        if (done) throw new Error('the live generator ended before it had a result')
        text += decoder.decode(value)
      }
      const end = text.indexOf('\n')
      const line = text.slice(0, end)
      text = text.slice(end + 1)
      return line
    },
    end: () => child.kill(),
  }
}
