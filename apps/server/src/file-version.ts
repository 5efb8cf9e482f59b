import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Another text whenever schema.yaml or a migration file has changed. Cheap: nothing is read. */
export async function fileVersion(dir: string): Promise<string> {
  const names = await readdir(join(dir, 'migrations')).catch(() => [])
  const files = ['schema.yaml', ...names.sort().map((name) => join('migrations', name))]
  const states = await Promise.all(files.map(async (file) => `${file} ${await stateOf(join(dir, file))}`))
  return Bun.hash(states.join('\n')).toString(36)
}

async function stateOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => null)
  return found === null ? '' : `${found.mtimeNs} ${found.size} ${found.ino}`
}
