import { expect, test } from 'bun:test'
import { logRecorder } from '../testing/log-recorder'
import { scansOf } from '../testing/system-plans'
import type { Tx } from '../writer/tx'
import { SELECT_LAST_SEQ, selectChanges } from './change-log'
import { pruneChanges } from './change-pruner'

test('no statement about the change log takes longer the longer it is', () => {
  const rows: readonly (readonly [pattern: RegExp, row: readonly number[]])[] = [[/min\(seq\)/, [1]]]
  const modules = [
    { last: (tx: Tx) => tx.get({ text: SELECT_LAST_SEQ, params: [] }) },
    { range: (tx: Tx) => tx.all(selectChanges({ after: 1, upTo: 2, limit: -1 }, ['posts'])) },
    {
      prune: (tx: Tx) => {
        const reading: Tx = {
          ...tx,
          lastSeq: () => 1_000,
          get: (sql) => {
            tx.get(sql)
            return rows.find(([pattern]) => pattern.test(sql.text))?.[1] as number[] | undefined
          },
        }
        return pruneChanges({
          retention: { keepMs: 1, maxBytes: 1 },
          write: async (fn) => ({ value: fn(reading), seq: 1 }),
          publishedSeq: () => 1_000,
          log: logRecorder(),
        })
      },
    },
  ]
  const { statements, scans } = scansOf({ tables: [], modules, mayScan: [/_koyalite_cursors/, /sample\(i\)/] })
  expect(statements).toBeGreaterThan(5)
  expect(scans).toEqual([])
})
