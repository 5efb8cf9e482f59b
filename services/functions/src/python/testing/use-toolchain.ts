import { afterAll, beforeAll } from 'bun:test'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { chooseIsolation } from '../../isolation/choose-isolation'
import { type BuildRunner, createBuildRunner } from '../../isolation/run-build'
import type { Dependencies } from '../../source/manifest/dependencies'
import { formatSourceProblem } from '../../source/source-problem'
import type { Built, Toolchain } from '../../toolchain'
import { type FoundPython, findPython } from '../find-python'
import { pythonToolchain } from '../python-toolchain'

const ROOT = join(import.meta.dir, '../../../../..')

/** Null: this machine has none. */
export const python = findPython(process.env)

export const HELLO = 'from koyalite_functions import function\n\n@function()\ndef hello(ctx): return 1\n'

export interface ToolchainOptions {
  readonly found?: FoundPython
  readonly writesLocks?: boolean
  /** Of the index. */
  readonly url?: string
}

/** A project's folder and what builds its functions in Python. */
export function useToolchain() {
  let folder = ''
  let builder: BuildRunner | undefined

  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'koyalite-python-')))
    for (const name of ['koyalite_functions', 'start.py', 'compile.py', 'packages.py'])
      cpSync(join(ROOT, 'packages/functions-python', name), join(folder, 'programs/python', name), { recursive: true })
    writeFileSync(join(folder, 'programs/bunfig.toml'), '')
    const egress = join(ROOT, 'packages/functions/src/egress/main.ts')
    const outdir = join(folder, 'programs')
    await Bun.build({ entrypoints: [egress], target: 'bun', outdir, naming: 'egress.js' })
    builder = createBuildRunner({
      isolations: await chooseIsolation(join(folder, 'host')),
      outbound: { addresses: async () => ['127.0.0.1'] },
      programs: outdir,
      bun: { executable: process.execPath, env: {} },
    })
  })
  afterAll(() => {
    builder?.close()
    if (folder !== '') rmSync(folder, { recursive: true })
  })

  function open({ found, writesLocks = true, url }: ToolchainOptions = {}): Toolchain {
    const settings = { functions: { registries: { python: url ?? null, hosts: [] }, cache: 1_000_000_000 } } as never
    return pythonToolchain({
      ...{ found: found ?? (python as FoundPython), dir: folder, builder: builder as BuildRunner, writesLocks },
      ...{ code: join(folder, 'code'), programs: join(folder, 'programs'), packages: join(folder, 'packages') },
      project: () => ({ settings, variables: {} }),
    })
  }

  function build(toolchain: Toolchain, path = 'functions/hello.py', items: readonly string[] = []): Promise<Built> {
    const entry = path.endsWith('.py') ? path : `${path}/main.py`
    const dependencies: Dependencies | null = items.length === 0 ? null : { kind: 'list', items }
    return toolchain.build({
      ...{ found: { name: 'hello', path, entry, manifest: null }, dependencies, trusted: [], buildEnv: {} },
    })
  }

  return {
    open,
    build,
    path: (name: string) => join(folder, name),
    /** In the place of all that functions/ has. */
    write(files: Readonly<Record<string, string>>): void {
      rmSync(join(folder, 'functions'), { recursive: true, force: true })
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), text)
      }
    },
    async built(...given: Parameters<typeof build>) {
      const result = await build(...given)
      if (!result.ok) throw new Error(result.problems.map(formatSourceProblem).join('\n'))
      return result
    },
    async problems(...given: Parameters<typeof build>) {
      const result = await build(...given)
      return result.ok ? [] : result.problems.map(formatSourceProblem)
    },
  }
}
