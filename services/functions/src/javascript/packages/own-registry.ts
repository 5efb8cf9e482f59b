import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Registry } from '../../isolation/registries'
import type { BuildRunner } from '../../isolation/run-build'

export interface OwnRegistryOptions {
  /** A folder to work in. */
  readonly folder: string
  readonly builder: Pick<BuildRunner, 'run'>
  readonly bun: { readonly executable: string; readonly env: Readonly<Record<string, string>> }
}

/** A name that is on no network. */
const NOWHERE = 'registry.invalid:443'

/** The registry that Bun goes to by itself. It does not tell, so it is given a package to find and no way out: what it asks for first is refused, and known. */
export async function ownRegistry({ folder, builder, bun }: OwnRegistryOptions): Promise<Registry | null> {
  const work = mkdtempSync(join(realpathSync(folder), '.ask-'))
  try {
    writeFileSync(join(work, 'package.json'), '{"dependencies":{"a":"1"}}')
    writeFileSync(join(work, 'bunfig.toml'), '')
    const { refusedPlaces } = await builder.run({
      command: [
        bun.executable,
        `--config=${join(work, 'bunfig.toml')}`,
        'install',
        '--ignore-scripts',
        '--no-progress',
      ],
      cwd: work,
      env: bun.env,
      readable: [bun.executable],
      writable: [work],
      hosts: [NOWHERE],
      timeoutMs: 20_000,
    })
    const [place] = refusedPlaces
    return place === undefined ? null : { url: `https://${place.replace(/:443$/, '')}/`, hosts: [place] }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
