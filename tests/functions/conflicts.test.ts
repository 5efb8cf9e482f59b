import { expect, test } from 'bun:test'
import { expectStatus, until, useServer } from '@koyalite/testkit'

const raw = (route: string, text: string) =>
  `export const config = { access: 'true', route: '${route}' }\nexport default { fetch: () => new Response('${text}') }\n`

const server = useServer({
  schema: 'version: 1\ncollections: {}\n',
  files: {
    'functions/shop.ts': raw('/shop', 'shop'),
    'functions/cart.ts': raw('/shop/*', 'cart'),
    'functions/pay.ts': raw('/pay', 'pay'),
    'functions/charge.yaml': 'name: pay\n',
    'functions/charge.ts': raw('/charge', 'charge'),
    'functions/hello.ts': raw('/hello', 'hello'),
    'functions/hello.yaml': 'env: { KEY: "${PADDED}" }\n',
    '.env': 'PADDED=" secret"\n',
  },
})

async function problems(): Promise<Readonly<Record<string, readonly string[]>>> {
  const { functions } = expectStatus(await server.api.get('/api/admin/functions'), 200).body
  return Object.fromEntries(functions.map((one: { name: string; problems: string[] }) => [one.name, one.problems]))
}

const textOf = async (path: string) => {
  const { status, text } = await server.anonymous.get(path)
  return status === 200 ? text : status
}

test('what is doubtful about a manifest is listed, without the value', async () => {
  await until(async () => Object.keys(await problems()).length === 4)
  const { body } = await server.api.get('/api/admin/functions/hello')
  expect(body.warnings).toEqual(['functions/hello.yaml:1:1 env.KEY begins or ends with a blank or a line break'])
})

test('functions that answer the same requests, or have one name, are not served, and others are', async () => {
  await until(async () => Object.keys(await problems()).length === 4)
  expect(await problems()).toEqual({
    cart: [expect.stringContaining("the route '/shop/*' is also that of 'shop' (functions/shop.ts), for GET, ")],
    shop: [expect.stringContaining("the route '/shop' is also that of 'cart' (functions/cart.ts), for GET, ")],
    pay: [expect.stringMatching(/^the function 'pay' is also in functions\/(pay|charge)\.ts: rename one of them$/)],
    hello: [],
  })
  expect(await Promise.all(['/hello', '/shop', '/shop/1', '/pay', '/charge'].map(textOf))).toEqual([
    'hello',
    404,
    404,
    404,
    404,
  ])

  server.project.write('functions/cart.ts', raw('/cart', 'cart'))
  server.project.write('functions/charge.yaml', '')
  await server.restart()
  await until(async () => Object.keys(await problems()).length === 5)
  expect(Object.values(await problems()).flat()).toEqual([])
  expect(await Promise.all(['/shop/1', '/cart', '/pay', '/charge'].map(textOf))).toEqual([
    'shop',
    'cart',
    'pay',
    'charge',
  ])
})
