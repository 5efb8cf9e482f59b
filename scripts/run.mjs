// `node scripts/run.mjs <args>`: sets the clone up if needed, then hands <args> to Bun, in the clone's root.
import { spawn } from 'node:child_process'
import { bunBinary } from './bun-binary.mjs'
import { root, setUp } from './set-up.mjs'

let bun
try {
  // Who changes the dependencies cannot have them set up before: they are not those of the lock.
  bun = process.argv[2] === 'install' ? bunBinary(root) : setUp()
} catch (error) {
  console.error(error.message)
  process.exit(1)
}
const child = spawn(bun, process.argv.slice(2), { cwd: root, stdio: 'inherit' })
// A supervisor's signal reaches this process only; the child decides when it has ended. A terminal sends Ctrl-C to both: passed on, the child
// would take it for a second one, which ends it without finishing its requests.
const atTerminal = process.stdin.isTTY || process.stdout.isTTY
process.on('SIGINT', () => atTerminal || child.kill('SIGINT'))
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
// npm gives a signal to the shell between it and this process, which dies without passing it on: then nobody would be left to ask the child.
const parent = process.ppid
if (process.env.npm_lifecycle_event !== undefined) {
  setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM')
  }, 500).unref()
}
child.on('error', (error) => {
  console.error(error.message)
  process.exit(1)
})
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1)
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
})
