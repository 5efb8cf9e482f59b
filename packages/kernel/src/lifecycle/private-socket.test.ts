import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findSocket, prepareSocket } from './private-socket'

const user = process.geteuid?.() ?? -1
const isRoot = user === 0
const STRANGER = 65_534

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'koyalite socket '))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const placeIn = (folder: string) => ({ path: join(folder, 'koyalite.sock'), owner: user })

function listenAt(folder: string) {
  const socket = prepareSocket(placeIn(folder))
  const server = Bun.serve({ unix: socket.address, fetch: () => new Response('mine') })
  return {
    async close() {
      await server.stop(true)
      socket.close()
    },
  }
}

describe('a socket in a folder of ours', () => {
  for (const [name, length] of [
    ['a short path', 1],
    ['a path that no address could hold', 30],
  ] as const) {
    test(`is found and used: ${name}`, async () => {
      const folder = join(dir, 'long'.repeat(length), 'data')
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      expect(findSocket(placeIn(folder))).toBeNull()
      const listening = listenAt(folder)
      expect(existsSync(join(folder, 'koyalite.sock'))).toBe(true)
      const found = findSocket(placeIn(folder))
      expect(await (await fetch('http://localhost/', { unix: found?.address ?? '' })).text()).toBe('mine')
      found?.close()
      await listening.close()
      expect(existsSync(join(folder, 'koyalite.sock'))).toBe(false)
    })
  }

  test('one that a killed server left is replaced; anything else in its place is left alone and named', async () => {
    const script = `Bun.serve({ unix: ${JSON.stringify(join(dir, 'koyalite.sock'))}, fetch: () => new Response('old') }); console.log('up')`
    const killed = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe' })
    await killed.stdout.getReader().read()
    killed.kill('SIGKILL')
    await killed.exited
    await listenAt(dir).close()
    writeFileSync(join(dir, 'koyalite.sock'), 'notes')
    expect(() => prepareSocket(placeIn(dir))).toThrow('is not a socket')
    expect(() => findSocket(placeIn(dir))).toThrow('is not a socket')
  })

  test('a link to a socket is not followed', async () => {
    const folder = join(dir, 'other')
    mkdirSync(folder, { mode: 0o700 })
    const listening = listenAt(folder)
    symlinkSync(join(folder, 'koyalite.sock'), join(dir, 'koyalite.sock'))
    expect(() => findSocket(placeIn(dir))).toThrow('is not a socket')
    await listening.close()
  })

  test('there is none where there is no folder', () => {
    expect(findSocket(placeIn(join(dir, 'nothing')))).toBeNull()
  })
})

describe('a socket that others could have put there', () => {
  test('a folder that everybody may write to is refused, with what to do', () => {
    chmodSync(dir, 0o777)
    expect(() => prepareSocket(placeIn(dir))).toThrow('chmod o-w')
    expect(() => findSocket(placeIn(dir))).toThrow('chmod o-w')
    // As /tmp is: there nobody can replace what is another's.
    chmodSync(dir, 0o1777)
    prepareSocket(placeIn(dir)).close()
  })

  test.skipIf(!isRoot)('a folder of another user is refused (needs root)', () => {
    chownSync(dir, STRANGER, STRANGER)
    expect(() => prepareSocket(placeIn(dir))).toThrow(`belongs to another user (uid ${STRANGER})`)
    // Root works on projects of others too, by whose name their server runs.
    const theirs = { ...placeIn(dir), owner: STRANGER }
    expect(findSocket(theirs)).toBeNull()
  })

  test.skipIf(!isRoot)("a stranger's socket in a folder like /tmp is refused (needs root)", async () => {
    chmodSync(dir, 0o1777)
    const listening = listenAt(dir)
    chownSync(join(dir, 'koyalite.sock'), STRANGER, STRANGER)
    expect(() => findSocket(placeIn(dir))).toThrow(`belongs to another user (uid ${STRANGER})`)
    await listening.close()
  })
})
