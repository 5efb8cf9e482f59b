const { createKoyalite } = require('@koyalite/client')
const { createData } = require('@koyalite/client/data')
const { checkClient } = require('./check-client.mjs')

test('the client works in CommonJS', async () => {
  expect(await checkClient(createKoyalite, { url: process.env.KOYALITE_URL })).toBe('ok')
  expect(createData).toBeInstanceOf(Function)
})
