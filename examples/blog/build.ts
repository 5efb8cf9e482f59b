// The script of the live page, from live.ts: `npm start` builds it. An argument is another folder to write it to.
import { join } from 'node:path'

const cli = join(import.meta.dir, '../../apps/cli/src/main.ts')
const generate = ['--no-env-file', cli, 'generate', '--dir', import.meta.dir]
const { exitCode } = Bun.spawnSync([process.execPath, ...generate], { stdout: 'ignore', stderr: 'inherit' })
if (exitCode !== 0) process.exit(exitCode)
await Bun.build({
  entrypoints: [join(import.meta.dir, 'live.ts')],
  outdir: process.argv[2] ?? join(import.meta.dir, 'public'),
  target: 'browser',
  minify: true,
})
