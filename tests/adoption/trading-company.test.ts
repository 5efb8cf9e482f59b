import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Api, type ApiResponse, expectError, expectStatus, fieldsOf, runKoyalite } from '@koyalite/testkit'
import { type Adopted, type AdoptionPlace, adoptionPlace, tableHashes } from './testing/adopted-project'

setDefaultTimeout(60_000)

let place: AdoptionPlace
let adopted: Adopted
beforeAll(async () => {
  place = adoptionPlace()
  using database = new Database(place.file('trade.db'))
  database.exec(readFileSync(join(import.meta.dir, 'testing/trading-company.sql'), 'utf8'))
  database.close()
  adopted = await place.adopt('trade.db')
})
afterAll(() => place.remove())

const databasePath = () => place.project.path('data/koyalite.db')
const expectRefused = (response: ApiResponse, code: 'CONFLICT' | 'VALIDATION_ERROR', field: string) => {
  expectError(response, code)
  expect(fieldsOf(response)).toEqual([field])
}
const create = (api: Api, collection: string, document: unknown) => api.post(`/api/collections/${collection}`, document)

test('what can be represented becomes collections, the rest is named, and no row is another one', () => {
  expect(adopted.collections.map(({ name, documents }) => [name, documents])).toEqual([
    ...[
      ['audit', 3],
      ['categories', 2],
      ['codes', 1],
      ['customers', 2],
      ['employees', 2],
      ['orders', 2],
      ['products', 3],
      ['shippers', 2],
      ['any', 5],
    ],
  ])
  const left = adopted.findings.filter(({ kind }) => kind === 'left').map(({ subject }) => subject)
  expect(left.sort()).toEqual([
    ...[
      'Current Products',
      'Employees.Full Name',
      'Order Details',
      'Order Subtotals',
      'ProductSearch',
      'Products.Total',
      'Territories',
    ],
  ])
  expect(Object.fromEntries(tableHashes(databasePath()))).toMatchObject(
    Object.fromEntries(tableHashes(place.file('trade.db'))),
  )
})

test('it works: reads, writes, constraints, triggers of its own', async () => {
  await place.serve(async (api) => {
    for (const { name, documents } of adopted.collections) {
      const list = expectStatus(await api.list(name, { count: true }), 200)
      expect(list.body.total).toBe(documents)
      for (const doc of list.body.docs) {
        const [key] = Object.values(doc)
        expect((await api.get(`/api/collections/${name}/${encodeURIComponent(String(key))}`)).body).toEqual(doc)
      }
    }
    expect(
      (await api.list('orders', { expand: 'customer,employee.reports_to', sort: '-order_id' })).body.docs,
    ).toMatchObject([
      { order_id: 10249, customer: { customer_id: 'ÄÖÜ/%' }, employee: null, comment: 'fragile' },
      {
        order_id: 10248,
        customer: { company_name: 'Alfreds Futterkiste' },
        employee: { first_name: 'Andrew', photo: 'FRwvAA==' },
      },
    ])
    // A column that its program compares without regard to case is unique so; filters compare exactly, as everywhere.
    expect((await api.list('products', { filter: 'product_name:eq:CHAI' })).body.docs).toEqual([])
    expect((await api.list('products', { filter: 'product_name:eq:Chai' })).body.docs).toMatchObject([
      { product_name: 'Chai' },
    ])
    expectRefused(await create(api, 'products', { product_name: 'CHAI' }), 'CONFLICT', 'product_name')
    expectRefused(
      await create(api, 'customers', { customer_id: 'X', company_name: 'ALFREDS FUTTERKISTE' }),
      'CONFLICT',
      'company_name',
    )

    // The response is what is stored when all triggers are through, and they are in the change log.
    const made = expectStatus(await create(api, 'products', { product_name: 'Tofu', unit_price: 2 }), 201)
    expect(made.body).toMatchObject({ product_id: 4, product_name: 'Tofu', discontinued: false, updated_at: null })
    expect((await api.list('audit', { sort: '-id', limit: 1 })).body.docs).toMatchObject([{ what: 'new Tofu' }])
    const changed = expectStatus(await api.patch('/api/collections/products/4', { unit_price: 3 }), 200)
    const found = await api.get('/api/collections/products/4')
    expect(found.body).toMatchObject({ unit_price: 3, updated_at: 'touched' })
    expect(changed.body).toEqual(found.body)
    expect(changed.headers.get('etag')).toBe(found.headers.get('etag'))

    expectError(await create(api, 'products', { product_name: 'Debt', unit_price: -1 }), 'VALIDATION_ERROR')
    expectRefused(await create(api, 'shippers', { shipper_id: 3 }), 'VALIDATION_ERROR', 'phone')
    expectRefused(await create(api, 'orders', { customer_id: 'nobody' }), 'CONFLICT', 'customer_id')
    expectError(await api.delete('/api/collections/customers/ALFKI'), 'CONFLICT')
    expectError(await api.delete('/api/collections/products/3'), 'CONFLICT')
    expectError(await create(api, 'categories', { category_name: 'ignored' }), 'CONFLICT')
    expectError(await create(api, 'codes', { code: 'a', n: 7 }), 'CONFLICT')
    // REPLACE in a table's definition would take the other one away, past its delete rule (ADR 088).
    expectRefused(await create(api, 'codes', { code: 'b', n: 1 }), 'CONFLICT', 'n')
    expect((await api.list('codes')).body.docs).toEqual([{ code: 'a', n: 1 }])
    expectStatus(await api.delete('/api/collections/employees/1'), 409)
    expectStatus(await api.patch('/api/collections/orders/10248', { employee_id: null }), 200)
    expectStatus(await api.delete('/api/collections/employees/1'), 204)
    expect((await api.get('/api/collections/employees/2')).body.reports_to).toBeNull()
    expect((await create(api, 'employees', { last_name: 'New', first_name: 'Ann' })).body).toMatchObject({
      employee_id: 3,
    })
    expect((await api.put('/api/collections/customers/NEW', { company_name: 'New' })).status).toBe(201)
  })
})

test('views, full text search and computed columns go on working, also for other programs', () => {
  using database = new Database(databasePath())
  expect(database.query(`SELECT rowid FROM "ProductSearch" WHERE "ProductSearch" MATCH 'tofu'`).values()).toEqual([[4]])
  expect(database.query(`SELECT * FROM "Order Subtotals"`).values()).toEqual([[10248, 18 * 12 + 19.5 * 5]])
  expect(database.query(`SELECT "Full Name" FROM "Employees" WHERE "EmployeeID" = 3`).values()).toEqual([['Ann New']])
  database.exec(`INSERT INTO "Current Products" ("ProductName") VALUES ('by view')`)
  const [logged] = database
    .query(`SELECT collection, op FROM _koyalite_changes ORDER BY seq DESC LIMIT 1 OFFSET 1`)
    .values()
  expect(logged).toEqual(['products', 'insert'])
  expect(database.query('PRAGMA foreign_key_check').values()).toEqual([])
  expect(database.query('PRAGMA integrity_check').values()).toEqual([['ok']])
})

test('migrations change it, and leave views, triggers, indexes and tables that are no collections in force', async () => {
  const schema = place.project.path('schema.yaml')
  const edit = (from: string | RegExp, to: string) => {
    const text = readFileSync(schema, 'utf8')
    expect(text.replace(from, to)).not.toBe(text)
    place.project.write('schema.yaml', text.replace(from, to))
  }
  edit(/contact_name: (.*) }/, 'contact: $1 }\n      rating: { type: int, nullable: true, index: true }')
  edit(/ {6}region: .*\n/, '')
  edit('comment: { type: text, nullable: true,', 'comment: { type: text, default: none,')
  edit('unit_price: {', 'price: {')
  place.project.write(
    'migrations/001_tidy.yaml',
    `version: 1
name: tidy
operations:
  - { type: rename_field, collection: customers, from: contact_name, to: contact }
  - { type: drop_field, collection: customers, field: region }
  - { type: rename_field, collection: products, from: unit_price, to: price }
  - { type: alter_field, collection: orders, field: comment, fill: "coalesce(Comment, 'none')" }
`,
  )
  const applied = await runKoyalite(['migrate', 'apply', '--yes', '--dir', place.project.dir])
  expect(applied).toMatchObject({ code: 0, stderr: '' })
  await place.serve(async (api) => {
    expect((await api.list('orders', { fields: 'comment' })).body.docs).toEqual([
      { comment: 'none' },
      { comment: 'fragile' },
    ])
    expect((await api.get('/api/collections/customers/ALFKI')).body).toMatchObject({
      contact: 'Maria Anders',
      rating: null,
    })
    expectRefused(await create(api, 'products', { product_name: 'tofu' }), 'CONFLICT', 'product_name')
    expectStatus(await create(api, 'products', { product_name: 'Miso', price: 4 }), 201)
    expect((await api.list('audit', { filter: 'what:eq:new Miso' })).body.docs).toHaveLength(1)
    expectStatus(await api.delete('/api/collections/orders/10248'), 204)
  })
  using database = new Database(databasePath())
  // References of a table that is no collection went with it.
  expect(database.query('SELECT * FROM "Order Details"').values()).toEqual([])
  expect(database.query(`SELECT "Total" FROM "Products" WHERE "ProductName" = 'chai'`).values()).toEqual([[18 * 39]])
  const objects = database
    .query(
      `SELECT name FROM sqlite_schema WHERE type IN ('view', 'trigger', 'index') AND sql IS NOT NULL AND name NOT LIKE '\\_koyalite%' ESCAPE '\\'`,
    )
    .values()
    .flat()
  expect(objects).toEqual(
    expect.arrayContaining([
      ...[
        'Current Products',
        'Order Subtotals',
        'products_ai',
        'products_au',
        'no_cheap_deletes',
        'quiet',
        'insert_product',
      ],
      ...['Products_Name', 'In Stock', 'Products_Lower'],
    ]),
  )
  expect(database.query('PRAGMA foreign_key_check').values()).toEqual([])
  expect(database.query('PRAGMA integrity_check').values()).toEqual([['ok']])
})
