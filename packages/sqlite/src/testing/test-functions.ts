import { spendWork } from '@koyalite/contracts'
import { connect, type SqlFunction } from '../driver/connection'

export const TEST_FUNCTIONS: readonly SqlFunction[] = [
  { name: 'twice', arity: 1, fn: (n) => Number(n) * 2 },
  { name: 'work', arity: 1, fn: (units) => spend(Number(units)) },
  { name: 'insert_meanwhile', arity: 2, fn: (path, id) => insertMeanwhile(String(path), String(id)) },
]

function spend(units: number): null {
  spendWork(units)
  return null
}

/** Commits an item by a connection of its own, in the middle of the statement that calls it. */
function insertMeanwhile(path: string, id: string): null {
  const connection = connect({ path, mode: 'write' })
  connection.prepare('INSERT INTO items (id) VALUES (?)').run([id])
  connection.close()
  return null
}
