import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { symlinkSync, writeFileSync } from 'node:fs'
import { tempFolder } from '../testing/temp-folder'
import { DatabaseInUseError, lockDatabase } from './lock-database'

// Real files, threads and processes, on a machine that may be busy.
setDefaultTimeout(60_000)

const CHILD = `${import.meta.dir}/../testing/lock-child.ts`

describe('lockDatabase', () => {
  test('a second process is told who has the database', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const child = Bun.spawn([process.execPath, CHILD, path], { stdout: 'pipe', stdin: 'pipe' })
    await child.stdout.getReader().read()
    const error = failure(() => lockDatabase(path))
    expect(error).toBeInstanceOf(DatabaseInUseError)
    expect(error).toMatchObject({ pid: child.pid })
    expect(String(error)).toContain(`process ${child.pid}`)
    // However it ends, the lock is free.
    child.kill('SIGKILL')
    await child.exited
    lockDatabase(path).release()
  })

  test('nor does it get it while we have it, also after we were asked twice', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const lock = lockDatabase(path)
    expect(failure(() => lockDatabase(path))).toMatchObject({ pid: process.pid })
    expect(await tryInChild(path)).toBe(`in use by ${process.pid}`)
    lock.release()
    lock.release()
    expect(await tryInChild(path)).toBe('locked')
  })

  test('another name of the same file is the same lock', () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    writeFileSync(path, '')
    symlinkSync(path, folder.file('b.db'))
    const lock = lockDatabase(path)
    expect(failure(() => lockDatabase(folder.file('b.db')))).toBeInstanceOf(DatabaseInUseError)
    lock.release()
  })
})

async function tryInChild(path: string): Promise<string> {
  const child = Bun.spawn([process.execPath, CHILD, path], { stdout: 'pipe', stdin: Buffer.from('') })
  return (await new Response(child.stdout).text()).trim()
}

function failure(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}
