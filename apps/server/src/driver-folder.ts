import { accessSync, constants, existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { processEnvironment } from '@koyalite/kernel'
import { ProjectError } from './project-error'

/**
 * An executable carries its SQLite library inside, and Bun writes it to a file in the folder for temporary files before it can be loaded. Where that folder
 * cannot be written to, or nothing in it may be run, the process starts itself again with a folder that can; this returns only where there is nothing to do.
 * Throws ProjectError that says what is missing. Bun reads the variable when a process begins, so it cannot be set for the one that runs.
 */
export function ensureDriverFolder(args: readonly string[]): void {
  if (process.platform === 'win32') return
  const env = processEnvironment()
  const wanted = env.BUN_TMPDIR ?? env.TMPDIR ?? tmpdir()
  if (isUsable(wanted)) return
  const places = fallbackPlaces(args, env)
  const place = places.find((candidate) => makeFolder(candidate) && isUsable(candidate))
  if (place === undefined) {
    throw new ProjectError([
      `The SQLite library inside of this executable must be written to a folder before it can be loaded, but neither ${wanted} nor ${places.join(' or ')} is usable.`,
      'Set TMPDIR to a folder that is writable and not mounted with noexec.',
    ])
  }
  process.execve?.(process.execPath, [process.execPath, ...args], { ...env, BUN_TMPDIR: place })
}

/** In the project's own data first: the process that serves it may write there. */
function fallbackPlaces(args: readonly string[], env: ReturnType<typeof processEnvironment>): readonly string[] {
  const project = folderArgument(args)
  return [
    ...(existsSync(join(project, 'schema.yaml')) ? [join(project, 'data', 'tmp')] : []),
    ...(env.XDG_RUNTIME_DIR === undefined ? [] : [join(env.XDG_RUNTIME_DIR, 'koyalite')]),
    join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'koyalite'),
  ]
}

/** `--dir x` or `--dir=x`; Commander has not read the arguments yet. */
function folderArgument(args: readonly string[]): string {
  const at = args.findIndex((argument) => argument === '--dir' || argument.startsWith('--dir='))
  const given = args[at]
  if (given === undefined) return process.cwd()
  return resolve(given === '--dir' ? (args[at + 1] ?? '.') : given.slice('--dir='.length))
}

function makeFolder(path: string): boolean {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    return true
  } catch {
    return false
  }
}

function isUsable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return !isNoexec(realpathSync(folder))
  } catch {
    return false
  }
}

/** Whether the file system that a folder lies in is mounted so that nothing in it can be run. Known on Linux only. */
function isNoexec(folder: string): boolean {
  if (process.platform !== 'linux') return false
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n')
  let [deepest, options] = ['', '']
  for (const line of mounts) {
    const [, escaped = '', , flags = ''] = line.split(' ')
    const point = escaped.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)))
    const holds = point === '/' || folder === point || folder.startsWith(`${point}/`)
    // A later mount at the same place hides the earlier one.
    if (holds && point.length >= deepest.length) [deepest, options] = [point, flags]
  }
  return options.split(',').includes('noexec')
}
