import type { Described } from '../pool/instance'
import type { Runtime } from '../source/manifest/manifest-keys'
import type { StoredVersion } from '../store/function-versions'
import type { BuiltCode } from '../toolchain'
import type { LoadedFunction } from './loaded-function'

/** A function as it is in the project's folder. */
export interface FunctionSource {
  readonly name: string
  /** `functions/publish.ts` */
  readonly file: string
  readonly runtime: Runtime
  /** Changes with anything that it may be made of. */
  readonly fingerprint: string
  /** Changes when its own file or its manifest is saved. */
  readonly saved: string
}

/** Its code, ready to be run. */
export interface BuiltFunction {
  readonly code: BuiltCode
  readonly runtime: Runtime
  /** Of its code and of its manifest file. */
  readonly hash: string
  readonly codeHash: string
}

/** What the folder has, and what is made of it. */
export interface FunctionLoader {
  discover(): Promise<{
    readonly sources: readonly FunctionSource[]
    /** What is there and is no function, and why. */
    readonly others: readonly { readonly file: string; readonly reason: string; readonly isFault: boolean }[]
  }>
  /** @throws FunctionProblem */
  build(source: FunctionSource): Promise<BuiltFunction>
  /** Where the code of a version is kept; null where it is gone. */
  builtVersion(version: StoredVersion): BuiltFunction | null
  /** Runs it once, confined as far as that goes, so that it says what it is. @throws StartError */
  describe(source: FunctionSource, built: BuiltFunction): Promise<Described>
  /** Ready to be called. @throws FunctionProblem where its manifest, schema or environment is wrong */
  load(source: FunctionSource, built: BuiltFunction, version: StoredVersion): LoadedFunction
  /** The code of versions that there are no more. */
  discard(codeHashes: readonly string[]): void
}

/** Why a function cannot be served, for whoever wrote it: each problem in a sentence, with the file and line where that is known. */
export class FunctionProblem extends Error {
  override readonly name = 'FunctionProblem'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}
