/** What a program is started with. */
export interface Launch {
  readonly command: readonly string[]
  /** All of its environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
  /** Its working directory, as it sees it. */
  readonly cwd: string
}

/** What a program may see and use. */
export interface Confinement {
  /** The folder of its sockets, on this machine. */
  readonly sockets: string
  /** Files and folders that it may read, besides the system's own. */
  readonly readable: readonly string[]
  /** Folders that it may write to: only builds have any. */
  readonly writable?: readonly string[]
  readonly network: 'none' | 'all'
  /** Bytes. */
  readonly memory: number
  /** Processors, in parts too. */
  readonly cpu: number
  /** Processes and threads. */
  readonly tasks: number
}

/** A way to keep a program away from the server and from others. */
export interface Isolation {
  readonly name: 'process' | 'sandbox' | 'container'
  /** Where the program finds the folder of its sockets. */
  socketsFolder(confinement: Confinement): string
  /** Returns before the program runs: that it could not be started is how it ends. */
  start(launch: Launch, confinement: Confinement): Confined
}

/** A program that was started in an isolation, with all that it starts itself. */
export interface Confined {
  readonly stdout: ReadableStream<Uint8Array>
  readonly stderr: ReadableStream<Uint8Array>
  /** Resolves once it has ended. */
  readonly ended: Promise<ProgramEnd>
  /** Asked of the system, where that can be: it may have ended a moment ago. */
  readonly hasEnded: boolean
  /** Ends it at once, whatever it does. */
  kill(): void
  /** What it uses now, its processes counted as far as `enough`; null where that is not known. */
  usage(enough: number): ProgramUsage | null
}

export interface ProgramEnd {
  readonly code: number | null
  readonly signal: string | null
  /** The kernel has ended one of its processes because there was no more memory for it. */
  readonly isOutOfMemory: boolean
  /** Why it could not be started, where that is how it ended. */
  readonly failure?: string
}

export interface ProgramUsage {
  /** Of memory. */
  readonly bytes: number
  readonly processes: number
}
