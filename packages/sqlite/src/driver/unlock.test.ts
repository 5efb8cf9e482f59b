import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { tempFolder } from '../testing/temp-folder'
import { connect } from './connection'
import { type Connection, loadDriver } from './driver'
import { derivedKey, newDerivedKey } from './unlock'

const PASSPHRASE = 'correct horse battery staple'

/** As the driver opens it by itself: the derivation is its own. */
function openByDriver(path: string, key: string): Connection {
  const connection = new (loadDriver())(path, {})
  connection.pragma("cipher = 'sqlcipher'")
  connection.pragma('legacy = 4')
  connection.key(Buffer.from(key))
  return connection
}

test('K8: the derived key is the one that the driver derives, for a new file and for an old one', () => {
  using folder = tempFolder()
  const [ours, its] = [folder.file('ours.db'), folder.file('its.db')]
  const made = connect({ path: ours, mode: 'write', key: PASSPHRASE })
  made.exec('CREATE TABLE t (x); INSERT INTO t VALUES (1)')
  made.close()
  const opened = openByDriver(ours, PASSPHRASE)
  expect(opened.prepare('SELECT x FROM t').raw(true).all([])).toEqual([[1]])
  opened.close()

  const other = openByDriver(its, PASSPHRASE)
  other.exec('CREATE TABLE t (x); INSERT INTO t VALUES (2)')
  other.close()
  const read = connect({ path: its, mode: 'read', key: PASSPHRASE })
  expect(read.prepare('SELECT x FROM t').raw(true).all([])).toEqual([[2]])
  read.close()
})

test('K8: it opens its own file alone, and is used as it is', () => {
  using folder = tempFolder()
  const path = folder.file('a.db')
  const writer = connect({ path, mode: 'write', key: PASSPHRASE })
  writer.exec('CREATE TABLE t (x)')
  const key = derivedKey(writer, PASSPHRASE)
  expect(key).toMatch(/^raw:[0-9a-f]{96}$/)
  expect(key.endsWith(readFileSync(path).subarray(0, 16).toString('hex'))).toBe(true)
  expect(derivedKey(writer, key)).toBe(key)
  expect(newDerivedKey(key)).toBe(key)
  const reader = connect({ path, mode: 'read', key })
  expect(reader.prepare('SELECT count(*) FROM t').raw(true).all([])).toEqual([[0]])
  reader.close()
  writer.close()

  const another = folder.file('another.db')
  connect({ path: another, mode: 'write', key: PASSPHRASE }).close()
  expect(() => connect({ path: another, mode: 'read', key })).toThrow('file is not a database')
})
