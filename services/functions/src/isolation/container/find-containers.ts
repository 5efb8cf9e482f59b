import { realpathSync } from 'node:fs'
import { findEngineSocket, type Variables } from '@koyalite/kernel'
import type { Isolation } from '../isolation'
import { containerIsolation } from './container-isolation'
import { BOOT_LABEL, type ContainerUser, type Owner, PROJECT_LABEL } from './container-spec'
import { type Engine, type EngineInfo, engineAt } from './engine-api'
import { tryContainer } from './try-container'

export interface ContainerSearch {
  /** The folder of the project. */
  readonly dir: string
  /** Where the engine listens; null: where engines do by themselves. */
  readonly socket: string | null
  /** What there is inside of containers; null: the system of this machine. */
  readonly image: string | null
  /** The environment of the server. */
  readonly variables: Variables
}

const ANSWER_MS = 3_000

/**
 * Containers of this machine, or why there are none. Where the settings name an engine or an image one is tried; else the first function that asks for one
 * will show whether that works: whoever asks for nothing of it shall not wait for it.
 */
export async function findContainers(search: ContainerSearch): Promise<Isolation | string> {
  const { dir, image, variables } = search
  if (process.platform !== 'linux') return 'functions run in containers on Linux only'
  const socket = findEngineSocket(search.socket, variables)
  if (socket === null) return 'neither Docker nor Podman was found here (functions.container.socket)'
  const [engine, owner] = [engineAt(socket), ownerOf(dir)]
  const user = () =>
    prepare(engine, owner, image).catch((error: Error) => {
      throw new Error(`the container engine at ${socket} cannot be used: ${error.message}`)
    })
  const containers = containerIsolation({ engine, owner, image, user })
  const isConfigured = search.socket !== null || image !== null
  return (isConfigured ? await tryContainer(containers) : null) ?? containers
}

/** Looks at an engine before its first container is made, and removes what a killed server has left. */
async function prepare(engine: Engine, owner: Owner, image: string | null): Promise<ContainerUser> {
  const info = await within(engine.info())
  if (!info.canLimit) throw new Error(`${info.name} cannot limit memory, processors and processes here`)
  if (image !== null && (await engine.findImage(image)) === null)
    throw new Error(`the image ${image} (functions.container.image) is not on this machine: pull or build it first`)
  await removeLeftovers(engine, owner)
  return userOf(info)
}

function ownerOf(dir: string): Owner {
  const project = new Bun.CryptoHasher('sha256').update(realpathSync(dir)).digest('hex').slice(0, 16)
  return { project, boot: crypto.randomUUID() }
}

/** One server serves a project at a time: containers of another start have nobody any more. */
async function removeLeftovers(engine: Engine, { project, boot }: Owner): Promise<void> {
  const found = await engine.containersWith(`${PROJECT_LABEL}=${project}`)
  const left = found.filter(({ labels }) => labels[BOOT_LABEL] !== boot)
  await Promise.all(left.map(({ id }) => engine.remove(id).catch(() => {})))
}

/** Above what people and services of a machine have: nobody else's processes are that user's. */
const NOBODY_ELSE = 10_001

/** As whom programs run: never as root of this machine, and able to use sockets that belong to the server. */
function userOf({ isRootless, isPodman }: EngineInfo): ContainerUser {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
  if (isRootless && isPodman) return { uid, gid, userns: 'keep-id' }
  // The root of such a container is the ordinary user who runs the engine.
  if (isRootless) return { uid: 0, gid: 0, userns: null }
  return uid === 0 ? { uid: NOBODY_ELSE, gid: NOBODY_ELSE, userns: null } : { uid, gid, userns: null }
}

async function within<T>(promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`not within ${ANSWER_MS} ms`)), ANSWER_MS)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
