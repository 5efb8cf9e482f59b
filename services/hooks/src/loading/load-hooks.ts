import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CodeBundler, CodeDoors, CodeProblem } from '@koyalite/contracts'
import type { Schema } from '@koyalite/schema'
import { findHookFiles } from './find-hook-files'
import { type Hook, readDefinition } from './read-definition'

export interface LoadedHook extends Hook {
  /** Of the code of its file. */
  readonly hash: string
}

export interface LoadedHooks {
  readonly files: readonly string[]
  /** In the order in which they run. */
  readonly hooks: readonly LoadedHook[]
  /** Absolute: what they were made of besides, outside of node_modules. */
  readonly sources: readonly string[]
}

/** Hooks that cannot be loaded. */
export class HookProblems extends Error {
  override readonly name = 'HookProblems'
  readonly problems: readonly CodeProblem[]

  constructor(problems: readonly CodeProblem[]) {
    super(problems.map(problemText).join('\n'))
    this.problems = problems
  }
}

function problemText({ file, position, message }: CodeProblem): string {
  return `${file}${position === null ? '' : `:${position.line}:${position.column}`} ${message}`
}

export const NO_HOOKS: LoadedHooks = { files: [], hooks: [], sources: [] }

interface Loading {
  readonly bundler: CodeBundler
  readonly schema: Pick<Schema, 'collections'>
  readonly doors: CodeDoors
}

let loads = 0

/** Loads the files of the folder hooks/ into this process. @throws HookProblems */
export async function loadHooks(dir: string, loading: Loading): Promise<LoadedHooks> {
  const files = findHookFiles(dir)
  const loaded = await Promise.all(files.map((file) => loadFile(file, { dir, ...loading })))
  const problems = [...loaded.flatMap((one) => one.problems), ...saidTwice(loaded.flatMap(({ hooks }) => hooks))]
  if (problems.length > 0) throw new HookProblems(problems)
  return {
    files,
    hooks: loaded.flatMap(({ hooks }) => hooks),
    sources: [...new Set(loaded.flatMap(({ sources }) => sources))],
  }
}

/** Of a collection several files may have hooks, which run one after the other; what one answers, another cannot answer too. */
function saidTwice(hooks: readonly LoadedHook[]): readonly CodeProblem[] {
  const seen = new Map<string, string>()
  return hooks.flatMap(({ kind, name, file, route }) => {
    if (kind === 'document' || kind === 'auth') return []
    const key = `${kind} ${route?.shape ?? name}`
    const earlier = seen.get(key)
    seen.set(key, file)
    return earlier === undefined
      ? []
      : [{ file, position: route?.position ?? null, message: `defines '${name}', which ${earlier} defines too` }]
  })
}

interface LoadedFile {
  readonly hooks: readonly LoadedHook[]
  readonly problems: readonly CodeProblem[]
  readonly sources: readonly string[]
}

async function loadFile(
  file: string,
  { dir, bundler, schema, doors }: Loading & { readonly dir: string },
): Promise<LoadedFile> {
  const bundled = await bundler.bundle(file)
  if (!bundled.ok) return { hooks: [], problems: bundled.problems, sources: [] }
  const { path, hash, sources } = bundled
  const source = readFileSync(join(dir, file), 'utf8')
  try {
    // Each load is a module of its own: what the last one remembers is gone.
    const { default: definition } = (await import(`${path}?load=${++loads}`)) as { readonly default?: unknown }
    const { hooks, problems } = readDefinition({ file, source, definition }, { schema, doors })
    return { hooks: hooks.map((hook) => ({ ...hook, hash })), problems, sources }
  } catch (error) {
    return { hooks: [], problems: [{ file, position: null, message: `cannot be loaded: ${textOf(error)}` }], sources }
  }
}

/** Anything may have been thrown. */
function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  } catch {
    return 'it threw something that has no text'
  }
}
