import { Database } from 'bun:sqlite'
import { expect, setDefaultTimeout, test } from 'bun:test'
import { adoptionPlace } from './testing/adopted-project'

setDefaultTimeout(60_000)

const ROUNDS = 10

test('a deferred reference that points nowhere is the fault of the write that has it, not of those beside it', async () => {
  const place = adoptionPlace()
  try {
    using database = new Database(place.file('shop.db'))
    database.exec(`
      CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT);
      CREATE TABLE orders (
        id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers (id) DEFERRABLE INITIALLY DEFERRED, note TEXT
      );
      INSERT INTO customers VALUES (1, 'Ann');`)
    database.close()
    await place.adopt('shop.db')
    await place.serve(async (api) => {
      const order = (customer: number, note: string) => api.post('/api/collections/orders', { customer, note })
      for (let round = 0; round < ROUNDS; round++) {
        const responses = await Promise.all([
          ...['a', 'b', 'c'].map((note) => order(1, note)),
          order(99, 'guilty'),
          ...['d', 'e', 'f'].map((note) => order(1, note)),
        ])
        expect(responses.map(({ status }) => status)).toEqual([201, 201, 201, 409, 201, 201, 201])
        expect(responses[3]?.body).toMatchObject({ error: { code: 'CONFLICT' } })
      }
      const { body } = await api.list('orders', { count: true, limit: 1 })
      expect(body).toMatchObject({ total: ROUNDS * 6 })
    })
  } finally {
    place.remove()
  }
})
