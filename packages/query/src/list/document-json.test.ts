import { expect, test } from 'bun:test'
import { READ_ALL } from '../access/read-access'
import { bind, constant, sql } from '../sql/sql-fragment'
import { type Fixture, openFixture } from '../testing/open-fixture'
import { documentJson, jsonObject } from './document-json'

const YAML = `
version: 1
collections:
  things:
    fields:
      id:   { type: int, primary: true, default: auto }
      hide: { type: string, nullable: true, internal: true }
      yes:  { type: bool, nullable: true }
      data: { type: json, nullable: true }
      raw:  { type: blob, nullable: true }
      real: { type: float, nullable: true }
      int:  { type: int, nullable: true }
      text: { type: text, nullable: true }
`

async function withThings(run: (db: Fixture) => Promise<void>) {
  const db = await openFixture(YAML)
  await run(db)
  await db.close()
}

test('each type has its form in JSON, in the order of the schema, without internal fields', async () => {
  await withThings(async (db) => {
    await db.insert('things', {
      hide: 'x',
      yes: true,
      data: { a: [1, null, 'é'] },
      raw: '/+8=',
      real: 1.5,
      int: 7,
      text: '"\\\n\u2028😀',
    })
    await db.insert('things', { yes: false })
    const [first, second] = db.all(db.list('things', '').compiled.page)
    expect(first?.[0]).toBe(
      '{"id":1,"yes":true,"data":{"a":[1,null,"é"]},"raw":"/+8=","real":1.5,"int":7,"text":"\\"\\\\\\n\u2028😀"}',
    )
    expect(second?.[0]).toBe('{"id":2,"yes":false,"data":null,"raw":null,"real":null,"int":null,"text":null}')
  })
})

test('its SQL', async () => {
  await withThings(async (db) => {
    expect(documentJson(db.collection('things'), READ_ALL, 't')).toEqual({
      text:
        `json_object('id', "t"."id", 'yes', CASE "t"."yes" WHEN 1 THEN json('true') WHEN 0 THEN json('false') ELSE "t"."yes" END, ` +
        `'data', CASE json_valid("t"."data") WHEN 0 THEN koyalite_shown("t"."data") ELSE json("t"."data") END, 'raw', koyalite_base64("t"."raw"), 'real', "t"."real", 'int', "t"."int", 'text', "t"."text")`,
      params: [],
    })
  })
})

test('numbers come back as they went in', async () => {
  await withThings(async (db) => {
    const reals = [0.1, 0.1 + 0.2, 1e300, -5e-324, 1.7976931348623157e308, 123456789.12345679, 2 ** 53, 1e21, -0.000001]
    const ints = [0, -1, 2 ** 31, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]
    for (const real of reals) await db.insert('things', { real })
    for (const int of ints) await db.insert('things', { int })
    const { docs } = db.list('things', '')
    expect(docs.map((doc) => doc.real).filter((real) => real !== null)).toEqual(reals)
    expect(docs.map((doc) => doc.int).filter((int) => int !== null)).toEqual(ints)
  })
})

test('text that looks like JSON is text, and a blob that holds JSONB is base64', async () => {
  await withThings(async (db) => {
    await db.insert('things', { text: '{"a":1}', data: '{"a":1}' })
    await db.run({ text: `INSERT INTO things (raw) VALUES (jsonb('{"admin":true}'))`, params: [] })
    const [first, second] = db.list('things', '').docs
    expect(first).toMatchObject({ text: '{"a":1}', data: '{"a":1}' })
    expect(typeof second?.raw).toBe('string')
    expect(Uint8Array.fromBase64(String(second?.raw))).toHaveLength(8)
  })
})

test('an object may have more keys than a function has arguments', async () => {
  const fields = Array.from({ length: 900 }, (_, index) => ({ name: `f${index}`, value: bind(index) }))
  await withThings(async (db) => {
    const [row] = db.all(sql`SELECT ${jsonObject(fields)}`)
    expect(JSON.parse(String(row?.[0]))).toEqual(Object.fromEntries(fields.map(({ name }, index) => [name, index])))
    expect(db.all(sql`SELECT ${jsonObject([])}`)).toEqual([['{}']])
    const absent = fields.map((field, index) => ({ ...field, present: constant(index % 2 ? '1' : 'NULL') }))
    const [odd] = db.all(sql`SELECT ${jsonObject(absent)}`)
    expect(Object.keys(JSON.parse(String(odd?.[0])))).toHaveLength(450)
  })
})
