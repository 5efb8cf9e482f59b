import { existsSync, lchownSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Isolation } from '../isolation'
import { SYSTEM_FOLDERS } from '../system-folders'
import { baseImage } from './base-image'
import { type ContainerUser, containerSpec, type Owner, SOCKETS } from './container-spec'
import { type Engine, EngineError } from './engine-api'
import { makeOutputPipes } from './output-pipes'
import { runContainer } from './run-container'

export interface ContainerOptions {
  readonly engine: Engine
  readonly owner: Owner
  /** As whom programs run there: asked before the first of them. Throws where the engine is of no use. */
  readonly user: () => Promise<ContainerUser>
  /** What there is inside; null: the system of this machine, read-only. */
  readonly image: string | null
}

/** Containers of Docker or Podman: what a sandbox has, with limits of memory, processors and processes that the kernel keeps. */
export function containerIsolation({ engine, owner, user: askUser, image }: ContainerOptions): Isolation {
  const system = image === null ? SYSTEM_FOLDERS.filter((path) => existsSync(path)) : []
  const user = onceItWorks(askUser)
  const ownImage = onceItWorks(() => baseImage(engine))
  return {
    name: 'container',
    socketsFolder: () => SOCKETS,
    start(launch, confinement) {
      const output = makeOutputPipes()
      const create = async () => {
        const them = await user.get()
        for (const folder of [confinement.sockets, output.folder, ...(confinement.writable ?? [])])
          handOver(folder, them)
        const setup = { owner, system, user: them, image: image ?? (await ownImage.get()), output: output.folder }
        return engine.create(containerSpec(launch, confinement, setup))
      }
      return runContainer({
        ...{ engine, output },
        create: () =>
          create().catch((error) => {
            if (image !== null || !(error instanceof EngineError && error.status === 404)) throw error
            // Somebody has tidied up the images of this machine: it is made again.
            ownImage.forget()
            return create()
          }),
      })
    },
  }
}

/** What is asked once, and again where that has failed. */
function onceItWorks<T>(ask: () => Promise<T>) {
  let known: Promise<T> | undefined
  const forget = () => {
    known = undefined
  }
  return {
    forget,
    get() {
      if (known === undefined) {
        known = ask()
        known.catch(forget)
      }
      return known
    },
  }
}

/** Lets the user of a container use what is in a folder: sockets, pipes, what a build works on. Links are not followed. */
function handOver(folder: string, { uid, gid }: ContainerUser): void {
  if (process.getuid?.() !== 0 || uid === 0) return
  for (const path of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })])
    lchownSync(join(folder, path), uid, gid)
}
