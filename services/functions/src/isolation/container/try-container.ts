import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Isolation } from '../isolation'

const SEEN = 'seen'
const MEMORY = 64 * 1024 * 1024

/** Why a container cannot be used here, as one that is started says; null where it can. */
export async function tryContainer(containers: Isolation): Promise<string | null> {
  const sockets = mkdtempSync(join(tmpdir(), 'koyalite-f-'))
  try {
    writeFileSync(join(sockets, SEEN), '')
    const confinement = { sockets, readable: [], network: 'none', memory: MEMORY, cpu: 1, tasks: 64 } as const
    const command = ['/bin/sh', '-c', `test -e ${containers.socketsFolder(confinement)}/${SEEN}`]
    const { stdout, stderr, ended } = containers.start({ command, env: {}, cwd: '/' }, confinement)
    const written = Promise.all([stdout, stderr].map((stream) => new Response(stream).text()))
    const end = await ended
    if (end.failure !== undefined) return end.failure
    if (end.code === 0) return null
    const text = (await written).join('').trim().slice(0, 300)
    return text === '' ? 'it does not see the folders of this server: the engine has other files than the server' : text
  } finally {
    rmSync(sockets, { recursive: true, force: true })
  }
}
