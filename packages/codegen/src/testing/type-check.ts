import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dir, '../../../..')

const COMPILER_OPTIONS = {
  ...{ target: 'ES2022', lib: ['ES2022', 'DOM', 'DOM.Iterable', 'ESNext.Disposable'], types: [], noEmit: true },
  ...{ module: 'Preserve', moduleResolution: 'bundler', skipLibCheck: true },
  ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noImplicitOverride: true },
  ...{ noUnusedLocals: true, noUnusedParameters: true, verbatimModuleSyntax: true, isolatedModules: true },
  ...{ noPropertyAccessFromIndexSignature: true, erasableSyntaxOnly: true },
}

/** `@koyalite/client` as npm has it, built once for all projects of a test file. */
const client = memoized(() => {
  const dir = mkdtempSync(join(tmpdir(), 'koyalite-codegen-client-'))
  const { stderr, success } = Bun.spawnSync([process.execPath, join(ROOT, 'scripts/build-clients.ts'), dir])
  if (!success) throw new Error(stderr.toString())
  return join(dir, 'client')
})

function memoized<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** Files in a project beside which `@koyalite/client` is installed. */
export interface Project {
  readonly dir: string
  /** What the compiler says, with flags besides the strict ones; empty where all is well. */
  typeCheck(...flags: readonly string[]): string
  /** How many types the compiler makes of it: what checking costs, on every machine. */
  typeCount(): number
  /** What the formatter would change, without settings of its own. */
  formatProblems(): string
  remove(): void
}

export function projectOf(files: ReadonlyMap<string, string>): Project {
  const dir = mkdtempSync(join(tmpdir(), 'koyalite-codegen-'))
  for (const [path, text] of files) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  mkdirSync(join(dir, 'node_modules/@koyalite'), { recursive: true })
  cpSync(client(), join(dir, 'node_modules/@koyalite/client'), { recursive: true })
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['.'] }))
  const run = (command: string, args: readonly string[]) => {
    const { stdout, stderr, success } = Bun.spawnSync([join(ROOT, 'node_modules/.bin', command), ...args], { cwd: dir })
    return success ? '' : `${stdout}${stderr}`
  }
  return {
    dir,
    typeCheck: (...flags) => run('tsc', ['-p', '.', ...flags]),
    typeCount() {
      const { stdout } = Bun.spawnSync([join(ROOT, 'node_modules/.bin/tsc'), '-p', '.', '--extendedDiagnostics'], {
        cwd: dir,
      })
      return Number(/^Types: +(\d+)$/m.exec(stdout.toString())?.[1])
    },
    formatProblems() {
      writeFileSync(join(dir, 'biome.json'), '{}')
      return run('biome', ['format', 'koyalite', '.koyalite.json'])
    },
    remove: () => rmSync(dir, { recursive: true }),
  }
}
