import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

/** Of `@koyalite/client`, what generated code needs: that is what it must be valid against. */
const CLIENT = `import type { Metadata, SchemaOf } from ${JSON.stringify(join(ROOT, 'packages/client/src/metadata'))}
export type * from ${JSON.stringify(join(ROOT, 'packages/client/src/metadata'))}
export interface KoyaliteOptions { readonly url: string }
export interface Collection<S extends SchemaOf<S>, C extends keyof S> {
  first(): Promise<S[C]['doc'] | null>
  create(data: S[C]['create']): Promise<S[C]['doc']>
  update(key: string, patch: S[C]['update']): Promise<S[C]['doc']>
}
export type Koyalite<S extends SchemaOf<S>> = { readonly [C in keyof S]: Collection<S, C> } & {
  collection<C extends keyof S>(name: C): Collection<S, C>
}
export declare function createKoyalite<S extends SchemaOf<S>>(
  metadata: Metadata<S>,
  options: KoyaliteOptions,
): Koyalite<S>
`

/** Files in a project beside which `@koyalite/client` is installed. */
export interface Project {
  readonly dir: string
  /** What the compiler says; empty where all is well. */
  typeCheck(): string
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
  const client = join(dir, 'node_modules/@koyalite/client')
  mkdirSync(client, { recursive: true })
  writeFileSync(join(client, 'package.json'), '{"name":"@koyalite/client","type":"module","exports":"./index.ts"}')
  writeFileSync(join(client, 'index.ts'), CLIENT)
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['.'] }))
  const run = (command: string, args: readonly string[]) => {
    const { stdout, stderr, success } = Bun.spawnSync([join(ROOT, 'node_modules/.bin', command), ...args], { cwd: dir })
    return success ? '' : `${stdout}${stderr}`
  }
  return {
    dir,
    typeCheck: () => run('tsc', ['-p', '.']),
    formatProblems() {
      writeFileSync(join(dir, 'biome.json'), '{}')
      return run('biome', ['format', 'koyalite', '.koyalite.json'])
    },
    remove: () => rmSync(dir, { recursive: true }),
  }
}
