import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Schema } from '@koyalite/schema'
import type { BuildSource, Built, Toolchain } from '../toolchain'
import type { LoadedProject } from '../versions/project-loader'
import { CLIENT_MODULE, clientModules, importsClient, linkTo } from './client-module'
import { askGo, type GoInstallation } from './find-go'
import { createGoCompiler, type GoCompilerOptions } from './go-compiler'
import { type LocalModules, SDK_MODULE } from './go-module'
import { collectSources, type GoSources } from './go-sources'

export interface GoToolchainOptions extends GoCompilerOptions {
  /** The program `go`. */
  readonly command: string
  /** The project's folder. */
  readonly dir: string
  /** Where programs that were built are stored. */
  readonly code: string
  /** The folder of the programs that the server carries. */
  readonly programs: string
  project(): Pick<LoadedProject, 'schema' | 'settings' | 'variables'>
  /** The files of the client for a schema, by name. */
  goClient(schema: Schema): ReadonlyMap<string, string>
}

const HASH_LENGTH = 32

/** Go: a function is one program, which has all that it needs inside. */
export function goToolchain(options: GoToolchainOptions): Toolchain {
  const { dir, data, code, programs, project } = options
  const clients = clientModules(join(data, 'go'), options.goClient)
  const sdk = join(programs, 'go')
  const compiler = createGoCompiler(options)
  let asked: Promise<GoInstallation | string> | undefined

  async function build({ found }: BuildSource): Promise<Built> {
    const { entry } = found
    const fault = (message: string): Built => ({ ok: false, problems: [{ file: entry, position: null, message }] })
    asked ??= begin()
    const go = await asked
    if (typeof go === 'string') return fault(go)
    const collected = collectSources(dir, found)
    if (!collected.ok) return collected
    const { sources } = collected
    const local = new Map([
      [SDK_MODULE, sdk],
      ...(importsClient(sources) ? [[CLIENT_MODULE, clients.folderOf(project().schema)] as const] : []),
    ])
    const hash = hashOf(sources, go, local)
    const program = pathOf(hash)
    const problems = existsSync(program) ? [] : await compiler.compile({ go, sources, local, program, entry })
    if (problems.length > 0) return { ok: false, problems }
    return { ok: true, code: { entry: program, readable: [] }, hash, sources: [] }
  }

  function begin(): Promise<GoInstallation | string> {
    // Where a go.mod can name it for editors: at the same place with every version of the server.
    mkdirSync(join(data, 'go'), { recursive: true })
    linkTo(sdk, join(data, 'go', 'koyalite'))
    return askGo(options.command)
  }

  function pathOf(hash: string): string {
    if (!/^[0-9a-f]{32}$/.test(hash)) throw new TypeError(`not the hash of a program: ${hash}`)
    return join(code, `${hash}.bin`)
  }

  return {
    runtime: 'go',
    build,
    // A change of the schema is one of the client.
    alsoOf: () => clients.hashOf(project().schema),
    find(hash) {
      const entry = pathOf(hash)
      return existsSync(entry) ? { entry, readable: [] } : null
    },
    discard: (hash) => rmSync(pathOf(hash), { force: true }),
    launch: ({ entry }) => ({ command: [entry], readable: [entry] }),
    close() {},
  }
}

/** Of all that a program is made of, and of what makes it. */
function hashOf({ target, files }: GoSources, go: GoInstallation, local: LocalModules): string {
  const hash = new Bun.CryptoHasher('sha256').update(`${go.version}\0${target}\0`)
  const add = (name: string, content: Buffer) => hash.update(`${name}\0${content.length}\0`).update(content)
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) add(name, content)
  for (const [module, folder] of local) {
    for (const name of readdirSync(folder).sort()) add(`${module}/${name}`, readFileSync(join(folder, name)))
  }
  return hash.digest('hex').slice(0, HASH_LENGTH)
}
