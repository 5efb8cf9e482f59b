import { join } from 'node:path'
import type { BuildRunner } from '../isolation/run-build'
import { filesOf, type Interpreter } from './interpreter'

/** A module that cannot be compiled. */
export interface CompileProblem {
  /** From the folder. */
  readonly file: string
  readonly line: number | null
  readonly column: number | null
  readonly message: string
}

export interface CompileOptions {
  readonly python: Interpreter
  readonly builder: BuildRunner
  /** The folder of the programs for Python that the server carries. */
  readonly programs: string
}

const TIMEOUT_MS = 60_000

/** Compiles the modules in a folder, beside them, without running any. @throws Error where the compiler itself does not end well */
export async function compileFolder(
  folder: string,
  { python, builder, programs }: CompileOptions,
): Promise<readonly CompileProblem[]> {
  const { output, exit } = await builder.run({
    command: [python.executable, '-I', '-S', '-B', join(programs, 'compile.py'), folder],
    cwd: folder,
    readable: [...filesOf(python), programs],
    writable: [folder],
    timeoutMs: TIMEOUT_MS,
  })
  if (exit !== null) throw new Error(`its modules could not be compiled: ${exit}\n${output}`.trim())
  const said = JSON.parse(output) as { readonly problems: readonly CompileProblem[] }
  return said.problems
}
