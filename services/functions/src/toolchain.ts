import type { FoundFunction } from './source/discovery/found-entry'
import type { Dependencies } from './source/manifest/dependencies'
import type { Runtime } from './source/manifest/manifest-keys'
import type { SourceProblem } from './source/source-problem'

/** How functions of one runtime are made ready and run: what differs from language to language. */
export interface Toolchain {
  readonly runtime: Runtime
  /** Whether it keeps to itself only where something around it sees to that: a plain process will not do. */
  readonly needsSandbox?: boolean
  /** Makes of the files of a function what an instance loads, and keeps it. What it runs is confined as an instance is. */
  build(source: BuildSource): Promise<Built>
  /** What programs are made of besides files of the project, as a text: where that is another, they are built again. */
  alsoOf?(): string
  /** What was built with this hash; null where it is gone. */
  find(hash: string): BuiltCode | null
  /** Versions with this code are gone: what only they need may go. */
  discard(hash: string): void
  /** How an instance is started. */
  launch(code: BuiltCode): InstanceCommand
  /** Ends builds that run. */
  close(): void
}

/** What a function is built of. */
export interface BuildSource {
  readonly found: Pick<FoundFunction, 'name' | 'path' | 'entry' | 'manifest'>
  /** Packages that its manifest file names; null: those of the lockfile beside it. */
  readonly dependencies: Dependencies | null
  /** Packages whose install scripts run. */
  readonly trusted: readonly string[]
  /** Environment of the installation of packages: names and values. */
  readonly buildEnv: Readonly<Record<string, string>>
}

export interface BuiltCode {
  /** The file that the host of the runtime loads, or runs. */
  readonly entry: string
  /** More files and folders that an instance of it reads. */
  readonly readable: readonly string[]
}

export type Built =
  | {
      readonly ok: true
      readonly code: BuiltCode
      /** Of the code and of all that it is made of: 32 hexadecimal digits. */
      readonly hash: string
      /** Files of the project, outside of functions/, that it was made of. */
      readonly sources: readonly string[]
    }
  | { readonly ok: false; readonly problems: readonly SourceProblem[] }

export interface InstanceCommand {
  readonly command: readonly string[]
  /** Besides what every instance has. */
  readonly env?: Readonly<Record<string, string>>
  /** What the command itself reads, besides the code and the system's own files. */
  readonly readable: readonly string[]
}
