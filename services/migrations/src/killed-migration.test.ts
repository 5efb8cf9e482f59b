import { expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killAtEvent, someEvents } from '@koyalite/testkit'
import { MIGRATION_FILES, migrationOfTest, schemaBefore } from './testing/killed-migration'
import { openMigrationProject } from './testing/migration-project'
import { freshStructure, structureOf } from './testing/structure-of'

setDefaultTimeout(120_000)

const PROGRAM = join(import.meta.dir, 'testing/migrate-process.ts')
const DOCUMENTS = 8000
/** More of them: KOYALITE_KILL_ROUNDS=50. */
const ROUNDS = Number(process.env.KOYALITE_KILL_ROUNDS ?? 4)
const MAX_ROUNDS = 60

const run = (dir: string, nth: number) =>
  killAtEvent({ folder: join(dir, 'data'), command: [process.execPath, PROGRAM, dir] }, nth)

test('killed at any point, a migration has happened whole or not at all, and goes on at the next start', async () => {
  const origin = mkdtempSync(join(tmpdir(), 'koyalite-killed-'))
  const project = await openMigrationProject(origin)
  await project.migrate(schemaBefore)
  await project.database.write((tx) => {
    tx.exec(`WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < ${DOCUMENTS})
      INSERT INTO posts (a, n) SELECT 'post', n FROM i; INSERT INTO notes (post) SELECT id FROM posts`)
  })
  for (const [file, text] of Object.entries(MIGRATION_FILES)) project.write(file, text)
  await project.database.close()

  const copy = () => {
    const dir = mkdtempSync(join(tmpdir(), 'koyalite-killed-'))
    cpSync(origin, dir, { recursive: true })
    return dir
  }
  const whole = copy()
  const { events } = await run(whole, Number.POSITIVE_INFINITY)
  rmSync(whole, { recursive: true })
  const expected = await freshStructure(migrationOfTest)
  const stages = new Set<number>()
  // More of them where all were killed at the same stage.
  for (let round = 0; round < ROUNDS || (stages.size < 2 && round < MAX_ROUNDS); round++) {
    const dir = copy()
    await run(dir, someEvents(events, ROUNDS)[round % ROUNDS] as number)
    await using after = await openMigrationProject(dir)
    expect(after.rows('PRAGMA integrity_check')).toEqual([['ok']])
    expect(after.rows('PRAGMA foreign_key_check')).toEqual([])
    const records = after.rows('SELECT version FROM _koyalite_migrations').length
    stages.add(records)
    const text = records === 0 ? "a = 'post' AND n = CAST(id AS TEXT)" : "b = 'post' || id AND n + 0 = id"
    const good = records < 2 ? text : "b = 'post' || id AND n = id + 1"
    expect(after.rows(`SELECT count(*) FROM posts WHERE ${good}`)).toEqual([[DOCUMENTS]])
    // The sql operation is a change of each document; a rebuild is none.
    const log = after.rows("SELECT collection, op, count(*) FROM _koyalite_changes WHERE op = 'update' GROUP BY 1, 2")
    expect(log).toEqual(records < 2 ? [] : [['posts', 'update', DOCUMENTS]])
    const { schema: _, ...finished } = await after.migrate(migrationOfTest)
    expect(finished).toMatchObject({ kind: 'applied' })
    expect(structureOf(after.database)).toEqual(expected)
    expect(after.rows("SELECT count(*) FROM posts WHERE b = 'post' || id AND n = id + 1")).toEqual([[DOCUMENTS]])
    const { lastSeq } = after.database.feed
    await after.database.write((tx) => tx.exec('UPDATE posts SET n = 0 WHERE id = 1'))
    expect(after.database.feed.lastSeq).toBe(lastSeq + 1)
    expect(readdirSync(join(dir, 'data/snapshots')).filter((name) => name.endsWith('.part'))).toEqual([])
  }
  rmSync(origin, { recursive: true })
  expect(stages.size).toBeGreaterThan(1)
})
