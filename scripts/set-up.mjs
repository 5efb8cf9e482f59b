// Makes a clone ready to run: Bun, the dependencies, the git hooks. Plain Node without dependencies; a few milliseconds when nothing is to do.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bunBinary } from './bun-binary.mjs'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

/** @returns {string} the path of the Bun executable; afterwards everything in the clone can run. Messages go to stderr. */
export function setUp() {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 20) throw new Error(`Node.js 20 or newer is needed; this is ${process.version}`)
  const bun = bunBinary(root)
  const stamp = join(root, 'node_modules', '.set-up')
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'bun.lock')))
    .digest('hex')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    console.error('Installing the dependencies')
    run(bun, ['install', '--frozen-lockfile', '--no-summary'])
    installHooks()
    writeFileSync(stamp, wanted)
  }
  buildStudio(bun)
  run(bun, [join(root, 'scripts', 'functions-host.ts')])
  return bun
}

/** If its sources have changed. Without it everything works but the pages at /_/. */
function buildStudio(bun) {
  const { status } = spawnSync(bun, [join(root, 'scripts', 'studio.ts')], { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) console.error('The studio could not be built; everything else works without it.')
}

/** Not in CI, not in an unpacked archive, and not where `git config koyalite.hooks false` says no. */
function installHooks() {
  const ci = process.env.CI
  if ((ci !== undefined && ci !== '' && ci !== 'false') || !existsSync(join(root, '.git'))) return
  const wish = spawnSync('git', ['config', '--type=bool', '--get', 'koyalite.hooks'], { cwd: root, encoding: 'utf8' })
  if (wish.error !== undefined || wish.stdout.trim() === 'false') return
  const lefthook = join(root, 'node_modules', 'lefthook', 'bin', 'index.js')
  const { status, stderr } = spawnSync(process.execPath, [lefthook, 'install', 'pre-commit', 'pre-push'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) console.error(`${stderr}The git hooks could not be installed; everything else works without them.`)
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (error !== undefined || status !== 0) {
    throw new Error(`${args.join(' ')} failed${error === undefined ? '' : `: ${error.message}`}`)
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(`${setUp()}\n`)
  } catch (error) {
    console.error(error.message)
    process.exit(1)
  }
}
