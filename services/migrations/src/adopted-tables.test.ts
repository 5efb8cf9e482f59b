import { expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { adoptDatabase, type Field, type Schema } from '@koyalite/schema'
import { inspectDatabase } from '@koyalite/sqlite'
import fc from 'fast-check'
import { adoptSchema } from './operations/adopt-schema'
import { type MigrationProject, openMigrationProject } from './testing/migration-project'

setDefaultTimeout(60_000)

const TABLES = readFileSync(join(import.meta.dir, '../../../tests/adoption/testing/trading-company.sql'), 'utf8')

/** What only the constraints, defaults, triggers and computed columns of the tables make so, and no schema says. */
const PROBES: readonly (readonly [string, string])[] = [
  [`INSERT INTO "Customers" VALUES ('X', 'ALFREDS FUTTERKISTE', NULL, NULL)`, 'SELECT 1'],
  [`UPDATE "Customers" SET "CustomerID" = 'NEW' WHERE "CustomerID" = 'ALFKI'`, `SELECT "CustomerID" FROM "Orders"`],
  ['SELECT 1', `SELECT rowid FROM "Customers"`],
  [`INSERT INTO "Employees" ("LastName", "FirstName", "BirthDate") VALUES ('a', 'b', '1800')`, 'SELECT 1'],
  [
    `DELETE FROM "Employees" WHERE "EmployeeID" = 2; INSERT INTO "Employees" ("LastName", "FirstName") VALUES ('L', 'F')`,
    `SELECT max("EmployeeID"), max("Full Name") FROM "Employees"`,
  ],
  [`INSERT INTO "Products" ("ProductName", "UnitPrice") VALUES ('Debt', -1)`, 'SELECT 1'],
  [`INSERT INTO "Products" ("ProductName") VALUES ('CHAI')`, 'SELECT 1'],
  [
    `INSERT INTO "Products" ("ProductName", "UnitPrice") VALUES ('Tofu', 4)`,
    `SELECT p.rowid, "UnitsInStock", "Total", "What" FROM "Products" AS p, "Audit" WHERE "ProductName" = 'tofu' AND "What" LIKE '%Tofu'`,
  ],
  ['SELECT 1', `SELECT rowid FROM "ProductSearch" WHERE "ProductSearch" MATCH 'candy'`],
  ['SELECT 1', `SELECT * FROM "Order Subtotals"`],
  [`DELETE FROM "Products" WHERE "ProductID" = 3`, 'SELECT 1'],
  [`INSERT INTO "Shippers" ("ShipperID") VALUES (9)`, `SELECT length("Phone") FROM "Shippers" WHERE "ShipperID" = 9`],
  [`INSERT INTO "Shippers" VALUES ('x', 'y')`, 'SELECT 1'],
  [`INSERT INTO "any" VALUES (9, '09')`, `SELECT typeof("value"), "value" FROM "any" WHERE "id" = 9`],
  [`INSERT INTO "Codes" VALUES ('a', 9)`, `SELECT * FROM "Codes"`],
  [`INSERT INTO "Codes" VALUES ('b', 1)`, `SELECT * FROM "Codes"`],
]

class Undo extends Error {}

/** What SQLite reports or returns. Nothing of it is stored. */
async function outcomes(project: MigrationProject): Promise<readonly unknown[]> {
  const found: unknown[] = []
  for (const [write, read] of PROBES) {
    try {
      await project.database.write((tx) => {
        tx.exec(write)
        found.push(tx.all({ text: read, params: [] }))
        throw new Undo()
      })
    } catch (error) {
      if (!(error instanceof Undo)) found.push(error instanceof Error ? `${error.message} ${error.cause}` : error)
    }
  }
  return found
}

/** What a table is, except for NOT NULL, and the default of fields that have changed theirs. */
function structure(project: MigrationProject, changed: ReadonlySet<string>): unknown {
  const tables = project.rows(
    `SELECT name, wr, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE '\\_koyalite%' ESCAPE '\\' ORDER BY name`,
  )
  const of = (table: unknown, what: string) =>
    project.database.all({
      text: `SELECT ${what} FROM pragma_${what.includes('hidden') ? 'table_xinfo' : 'foreign_key_list'}(?)`,
      params: [String(table)],
    })
  return {
    tables,
    columns: tables.map(([table]) =>
      of(table, 'name, type, dflt_value, pk, hidden').map(([name, type, fallback, ...rest]) => {
        return [name, type, changed.has(`${table}.${name}`) ? 'changed' : fallback, ...rest]
      }),
    ),
    references: tables.map(([table]) => of(table, '"from", "table", "to", on_update, on_delete').sort()),
    objects: project.rows(
      `SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE type <> 'table' ORDER BY type, name`,
    ),
  }
}

const isPlain = ({ primary, references, type, default: fallback }: Field) =>
  !primary && !references && !fallback && ['int', 'float', 'string', 'text'].includes(type)

/** Other defaults: SQLite changes them in no table that is there. */
function withDefaults(schema: Schema, picked: (field: string) => boolean): { schema: Schema; changed: Set<string> } {
  const changed = new Set<string>()
  const collections = [...schema.collections].map(([name, collection]) => {
    const fields = [...collection.fields].map(([key, field]): [string, Field] => {
      // What the probes write is left out.
      const isProbed = ['UnitsInStock', 'Phone', 'value', 'What'].includes(field.column)
      if (!isPlain(field) || isProbed || !picked(`${name}.${key}`)) return [key, field]
      changed.add(`${collection.table}.${field.column}`)
      const value = field.type === 'int' || field.type === 'float' ? 5 : "it's"
      return [key, { ...field, nullable: true, default: { kind: 'literal', value } }]
    })
    return [name, { ...collection, fields: new Map(fields) }] as const
  })
  return { schema: { ...schema, collections: new Map(collections) }, changed }
}

test('whatever changes in adopted tables, what they enforce and compute stays', async () => {
  const property = fc.asyncProperty(fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), async (bits) => {
    await using project = await openMigrationProject()
    await project.database.migrate((tx) => tx.exec(TABLES))
    const { schema, adopted } = adoptDatabase(inspectDatabase(join(project.dir, 'data/koyalite.db')))
    await adoptSchema(project.database, { schema, adopted, systemTables: [] })
    let n = 0
    const edited = withDefaults(schema, () => bits[n++ % bits.length] ?? false)
    const before = { structure: structure(project, edited.changed), outcomes: await outcomes(project) }
    const rows = () =>
      [...adopted].map((name) => project.rows(`SELECT * FROM "${schema.collections.get(name)?.table}"`))
    const all = rows()
    expect(await project.migrate(edited.schema)).toMatchObject({ kind: 'applied' })
    expect(structure(project, edited.changed)).toEqual(before.structure)
    expect(await outcomes(project)).toEqual(before.outcomes)
    expect(rows()).toEqual(all)
  })
  // A table takes up to a second: bounded by their number.
  await fc.assert(property, { numRuns: 12, interruptAfterTimeLimit: 600_000 })
})
