import { z } from 'zod'

/** The part of the Docker API that functions need, of Docker or Podman, over its Unix socket. Throws EngineError. */
export interface Engine {
  readonly socket: string
  info(): Promise<EngineInfo>
  /** @returns its id */
  create(container: object): Promise<string>
  start(id: string): Promise<void>
  /** Resolves with its exit code once it does not run. */
  wait(id: string): Promise<number>
  inspect(id: string): Promise<ContainerState>
  kill(id: string): Promise<void>
  /** Ends it, if it runs. */
  remove(id: string): Promise<void>
  containersWith(label: string): Promise<readonly FoundContainer[]>
  /** Null where it is not on this machine. */
  findImage(name: string): Promise<{ readonly id: string } | null>
  imagesWith(label: string): Promise<readonly { readonly id: string }[]>
  /** Makes an image of a tar archive of its files. */
  importImage(archive: Uint8Array, as: ImageName): Promise<void>
  removeImage(id: string): Promise<void>
}

export interface EngineInfo {
  /** "Docker 27.1", "Podman 4.3.1" */
  readonly name: string
  readonly isPodman: boolean
  /** It runs as an ordinary user. */
  readonly isRootless: boolean
  /** Whether it can limit memory, processors and processes. */
  readonly canLimit: boolean
}

export interface ContainerState {
  /** Of its first process, as the engine sees it; 0 where it does not run. */
  readonly pid: number
  /** It was ended because it used more memory than it may. Not every engine says so. */
  readonly isOutOfMemory: boolean
}

export interface FoundContainer {
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
}

export interface ImageName {
  readonly repository: string
  readonly tag: string
  /** `name=value` */
  readonly label: string
}

export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

const EXIT_CODE = z
  .string()
  .trim()
  .regex(/^-?\d+$/)
  .transform(Number)
const CREATED = z.object({ Id: z.string() })
const WAITED = z.object({ StatusCode: z.number() })
/** In milliseconds: how often Podman looks whether a container still runs. */
const PODMAN_LOOKS_EVERY = 100
const INSPECTED = z.object({ State: z.object({ Pid: z.number(), OOMKilled: z.boolean() }) })
const LISTED = z.array(z.object({ Id: z.string(), Labels: z.record(z.string(), z.string()).nullish() }))
const IMAGES = z.array(z.object({ Id: z.string() }))
const IMPORTED = z.object({ status: z.string().regex(/^sha256:/) })
const FAILED = z.object({ message: z.string() })
const VERSION = z.object({
  Version: z.string(),
  Components: z.array(z.object({ Name: z.string() })).nullish(),
})
const INFO = z.object({
  SecurityOptions: z.array(z.string()).nullish(),
  Rootless: z.boolean().nullish(),
  MemoryLimit: z.boolean(),
  CpuCfsQuota: z.boolean(),
  PidsLimit: z.boolean(),
})

export function engineAt(socket: string): Engine {
  const ask = async (method: string, path: string, body?: string | Uint8Array): Promise<Response> => {
    const response = await fetch(`http://engine${path}`, {
      method,
      ...(body === undefined ? {} : { body }),
      headers: { 'content-type': body instanceof Uint8Array ? 'application/x-tar' : 'application/json' },
      unix: socket,
      // A container runs, and is waited for, as long as it is needed.
      timeout: false,
    } as BunFetchRequestInit)
    if (response.ok || response.status === 304) return response
    const failed = FAILED.safeParse(await response.json().catch(() => null))
    throw new EngineError(failed.data?.message ?? `${method} ${path}: ${response.status}`, response.status)
  }
  const read = async <T>(kind: z.ZodType<T>, ...request: Parameters<typeof ask>): Promise<T> =>
    kind.parse(await (await ask(...request)).json())
  const change = async (...request: Parameters<typeof ask>): Promise<void> => {
    await (await ask(...request)).text()
  }
  let asked: ReturnType<typeof askVersion> | undefined
  const askVersion = async () => {
    const { Version, Components } = await read(VERSION, 'GET', '/version')
    return { version: Version, isPodman: Components?.some(({ Name }) => Name.startsWith('Podman')) === true }
  }
  const version = () => {
    asked ??= askVersion()
    asked.catch(() => {
      asked = undefined
    })
    return asked
  }
  return {
    socket,
    async info() {
      const [{ version: number, isPodman }, info] = await Promise.all([version(), read(INFO, 'GET', '/info')])
      return {
        isPodman,
        name: `${isPodman ? 'Podman' : 'Docker'} ${number}`,
        isRootless: info.Rootless === true || info.SecurityOptions?.includes('name=rootless') === true,
        canLimit: info.MemoryLimit && info.CpuCfsQuota && info.PidsLimit,
      }
    },
    create: async (container) => (await read(CREATED, 'POST', '/containers/create', JSON.stringify(container))).Id,
    start: (id) => change('POST', `/containers/${id}/start`),
    async wait(id) {
      const { version: number, isPodman } = await version()
      if (!isPodman) return (await read(WAITED, 'POST', `/containers/${id}/wait`)).StatusCode
      // By the API of Docker, Podman 4.3 looks without a pause, which takes a whole processor.
      const path = `/v${number}/libpod/containers/${id}/wait?condition=exited&condition=stopped`
      const response = await ask('POST', `${path}&interval=${PODMAN_LOOKS_EVERY}ms`)
      return EXIT_CODE.parse(await response.text())
    },
    async inspect(id) {
      const { State } = await read(INSPECTED, 'GET', `/containers/${id}/json`)
      return { pid: State.Pid, isOutOfMemory: State.OOMKilled }
    },
    kill: (id) => change('POST', `/containers/${id}/kill?signal=KILL`),
    remove: (id) => change('DELETE', `/containers/${id}?force=1&v=1`),
    async containersWith(label) {
      const listed = await read(LISTED, 'GET', `/containers/json?all=1&filters=${labelled(label)}`)
      return listed.map(({ Id, Labels }) => ({ id: Id, labels: Labels ?? {} }))
    },
    async findImage(name) {
      try {
        return { id: (await read(CREATED, 'GET', `/images/${name}/json`)).Id }
      } catch (error) {
        if (error instanceof EngineError && error.status === 404) return null
        throw error
      }
    },
    async imagesWith(label) {
      const images = await read(IMAGES, 'GET', `/images/json?filters=${labelled(label)}`)
      return images.map(({ Id }) => ({ id: Id }))
    },
    async importImage(archive, { repository, tag, label }) {
      const name = `repo=${encodeURIComponent(repository)}&tag=${encodeURIComponent(tag)}`
      const path = `/images/create?fromSrc=-&${name}&changes=${encodeURIComponent(`LABEL ${label}`)}`
      const { status } = await read(IMPORTED, 'POST', path, archive)
      // Podman does not take the tag by itself.
      await change('POST', `/images/${status}/tag?${name}`)
    },
    removeImage: (id) => change('DELETE', `/images/${encodeURIComponent(id)}`),
  }
}

function labelled(label: string): string {
  return encodeURIComponent(JSON.stringify({ label: [label] }))
}
