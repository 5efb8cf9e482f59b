/** The generator's process: a job on stdin, its result on stdout. */
import type { Job } from './job'
import { runJob } from './run-job'

const job: Job = await Bun.stdin.json()
console.log(JSON.stringify(await runJob(job)))
process.exit(0)
