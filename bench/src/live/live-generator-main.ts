/** The generator of the live scenarios: a job on stdin, its result on stdout. */
import { runLiveJob } from './run-live-job'

await runLiveJob(
  await Bun.stdin.json(),
  // The one line that it prints.
  (result) => console.log(JSON.stringify(result)),
)
