import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { mypyCache, pythonTools } from '@koyalite/testkit'

const ROOT = resolve(import.meta.dir, '../../../../..')

/** A folder with generated clients and programs that use them. Each check returns what it finds; empty where all is well. */
export interface PythonProject {
  /** The folder that has the package. */
  readonly dir: string
  mypy(): string
  pyright(): string
  ruff(): string
  /** @returns its output, if it fails */
  run(program: string, environment: Readonly<Record<string, string>>): Promise<string>
  remove(): void
}

/** @param files by their path; what is checked and run is below `python/` */
export function pythonProject(files: ReadonlyMap<string, string>): PythonProject {
  const root = mkdtempSync(join(tmpdir(), 'koyalite-python-'))
  const dir = join(root, 'python')
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const tools = pythonTools()
  const program = (command: readonly string[]) => {
    const { success, stdout, stderr } = Bun.spawnSync([...command], { cwd: dir })
    return success ? '' : `${stdout}${stderr}`
  }
  const ruff = join(tools, 'ruff')
  const cache = mypyCache(basename(Bun.main))
  return {
    dir,
    mypy: () => program([join(tools, 'mypy'), '--strict', '--cache-dir', cache, '.']),
    pyright() {
      const options = { typeCheckingMode: 'strict', pythonVersion: '3.11', include: ['.'] }
      writeFileSync(join(dir, 'pyrightconfig.json'), JSON.stringify(options))
      const pyright = join(ROOT, 'node_modules/pyright/index.js')
      // Half the processor time that it takes in Bun.
      return program(['node', pyright, '--pythonpath', join(tools, 'python')])
    },
    ruff: () =>
      program([ruff, 'format', '--isolated', '--diff', '--quiet', '.']) + program([ruff, 'check', '--isolated', '.']),
    async run(file, environment) {
      const child = Bun.spawn([join(tools, 'python'), file], {
        ...{ cwd: dir, env: { ...process.env, ...environment }, stdout: 'pipe', stderr: 'pipe' },
      })
      const output = (await new Response(child.stdout).text()) + (await new Response(child.stderr).text())
      return (await child.exited) === 0 ? '' : output
    },
    remove: () => rmSync(root, { recursive: true }),
  }
}
