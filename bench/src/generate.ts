import { join } from 'node:path'
import { onGeneratorCore } from './cores'
import type { Job, JobResult } from './job'

/** Runs a job in a process of its own: on the generator's core, or where the system puts it. */
export async function generate(job: Job, pinned = true): Promise<JobResult> {
  const words = [process.execPath, join(import.meta.dir, 'generator-main.ts')]
  const child = Bun.spawn([...(pinned ? onGeneratorCore(words) : words)], {
    stdin: new Blob([JSON.stringify(job)]),
    stdout: 'pipe',
    stderr: 'inherit',
    timeout: (job.warmUpSeconds + job.seconds) * 4000 + 60_000,
  })
  const text = await new Response(child.stdout).text()
  if ((await child.exited) !== 0 || text === '')
    throw new Error(`the generator failed on ${job.operation} of ${job.wire}`)
  return JSON.parse(text)
}
