import { expect, setDefaultTimeout, test } from 'bun:test'
import { SQL_FUNCTIONS } from '@koyalite/query'
import { createSchemaSql, parseSchema } from '@koyalite/schema'
import { openDatabase } from '@koyalite/sqlite'
import fc from 'fast-check'
import { ndjsonDump } from '../store/document-dump'
import { sqlDump } from '../store/sql-dump'

setDefaultTimeout(60_000)

const parsed = parseSchema(
  `version: 1
collections:
  things:
    fields:
      id: { type: int, primary: true }
      title: { type: text, nullable: true }
      score: { type: float, nullable: true }
      open: { type: bool, nullable: true }
      extra: { type: json, nullable: true }
      raw: { type: blob, nullable: true }
`,
  { file: 'schema.yaml' },
)
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
const { schema } = parsed
const things = schema.collections.get('things')
if (things === undefined) throw new Error('the schema has lost its collection')

/** Also what the API refuses but another program may have written. */
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    "'",
    '"',
    "''",
    '\r',
    '\r\n',
    '\n',
    'a\u0000b',
    '\\',
    ';',
    '--',
    '/*',
    "x');\nDROP TABLE things;",
    '',
  ),
)
const row = fc.record({
  title: fc.option(anyText),
  score: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
  open: fc.option(fc.boolean()),
  extra: fc.option(fc.jsonValue()),
  raw: fc.option(fc.uint8Array({ maxLength: 20 })),
})

async function create(statements: readonly string[]) {
  const database = await openDatabase({ path: ':memory:', functions: SQL_FUNCTIONS })
  await database.migrate((tx) => {
    for (const text of statements) tx.exec(text)
  })
  return database
}

async function text(
  database: Awaited<ReturnType<typeof create>>,
  statements: ReturnType<typeof sqlDump>,
): Promise<string> {
  const { portions } = await database.stream(statements)
  let all = ''
  for await (const portion of portions) all += portion.text
  return all
}

test('SQL makes an equal database, NDJSON has equal documents, whatever the rows hold', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 8 }), async (rows) => {
      const database = await create(createSchemaSql(schema))
      await database.write((tx) => {
        for (const [id, { title, score, open, extra, raw }] of rows.entries()) {
          const params = [
            id,
            title,
            score,
            open === null ? null : Number(open),
            extra === null ? null : JSON.stringify(extra),
            raw,
          ]
          tx.run({ text: 'INSERT INTO things VALUES (?, ?, ?, ?, ?, ?)', params })
        }
      })
      const script = await text(database, sqlDump(database))
      // The script has its own transaction; the change log's tables are there in a new database already.
      const body = script.replace('BEGIN TRANSACTION;\n', '').replace(/COMMIT;\n$/, '')
      const copy = await create([])
      await copy.migrate((tx) => {
        tx.exec('DROP TABLE _koyalite_changes; DROP TABLE _koyalite_meta; DROP TABLE _koyalite_cursors')
        tx.exec(body)
      })
      const all = { text: 'SELECT *, typeof(title), typeof(score), typeof(raw) FROM things ORDER BY id', params: [] }
      expect(copy.all(all)).toEqual(database.all(all))
      const objects = { text: 'SELECT type, name, sql FROM sqlite_schema ORDER BY name', params: [] }
      expect(copy.all(objects)).toEqual(database.all(objects))

      const lines = (await text(database, [ndjsonDump(things)])).split('\n').slice(0, -1)
      expect(lines.map((line) => JSON.parse(line))).toEqual(
        rows.map(({ title, score, open, extra, raw }, id) => ({
          id,
          title,
          // SQLite knows no negative zero in JSON.
          score: score === null ? null : score + 0,
          open,
          extra: extra === null ? null : JSON.parse(JSON.stringify(extra)),
          raw: raw === null ? null : raw.toBase64(),
        })),
      )
      await database.close()
      await copy.close()
    }),
    { numRuns: 100 },
  )
})
