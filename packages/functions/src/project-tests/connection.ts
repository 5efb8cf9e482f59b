import { readFileSync } from 'node:fs'
import type { Collections } from '../host/open-part'

/** What the command that runs the tests tells of the server that it has started for them. */
export interface Connection {
  readonly url: string
  /** A service key that may do everything. */
  readonly key: string
  /** Metadata of the collections, as typed clients have it. */
  readonly collections: Collections
}

/** @throws an Error that says how tests are run, where no server was started for them */
export function readConnection(): Connection {
  const path = process.env.KOYALITE_TEST
  if (path === undefined || process.send === undefined)
    throw new Error('useProject() needs a server of the project: run these tests with koyalite functions test')
  return JSON.parse(readFileSync(path, 'utf8'))
}

let asked = 0

/** Has the data of the server reset. */
export function resetData(): Promise<void> {
  const id = ++asked
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const answered = (message: { readonly reset?: number; readonly error?: string }) => {
    if (message.reset !== id) return
    process.off('message', answered)
    if (message.error === undefined) resolve()
    else reject(new Error(message.error))
  }
  process.on('message', answered)
  process.send?.({ reset: id })
  return promise
}
