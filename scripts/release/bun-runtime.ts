import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './run-command'
import type { Target } from './targets'

/**
 * The path of Bun's executable for a target, from its npm package. `bun build` would fetch it from elsewhere; npm's registry is what everything
 * else comes from, and npm checks what it gives.
 */
export async function bunRuntime(cache: string, { runtime, os }: Target): Promise<string> {
  const folder = join(cache, `${runtime.replace('/', '-')}-${Bun.version}`)
  const executable = join(folder, 'package', 'bin', os === 'win32' ? 'bun.exe' : 'bun')
  if (existsSync(executable)) return executable
  const fresh = `${folder}.new`
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh, { recursive: true })
  const spec = `${runtime}@${Bun.version}`
  // Not `npm install`: that refuses packages for other platforms.
  const packed = await runCommand(['npm', 'pack', spec, '--silent', `--pack-destination=${fresh}`])
  const archive = packed.trim().split('\n').at(-1) ?? ''
  await runCommand(['tar', '-xzf', archive], { cwd: fresh })
  rmSync(join(fresh, archive))
  rmSync(folder, { recursive: true, force: true })
  renameSync(fresh, folder)
  return executable
}
