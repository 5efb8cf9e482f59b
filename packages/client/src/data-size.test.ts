import { expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'

/** What a page loads that has no accounts and no live queries. */
const MOST_BYTES = 10_000

test('`@koyalite/client/data` is small', async () => {
  const built = await Bun.build({ entrypoints: [`${import.meta.dir}/data.ts`], minify: true, target: 'browser' })
  const [file] = built.outputs
  const bytes = new Uint8Array((await file?.arrayBuffer()) ?? [])
  const size = gzipSync(bytes).length
  console.log(`@koyalite/client/data: ${bytes.length} bytes, ${size} gzipped, of at most ${MOST_BYTES}`)
  expect(built.outputs).toHaveLength(1)
  expect(size).toBeGreaterThan(1000)
  expect(size).toBeLessThan(MOST_BYTES)
})

/** What a page loads that has accounts, and no live queries. */
const MOST_BYTES_WITH_AUTH = 13_000

test('and so it is with accounts', async () => {
  const script = `export * from './data'\nexport * from './auth/auth-part'\nexport * from './create-data'`
  const entry = `${import.meta.dir}/data-and-auth.ts`
  const built = await Bun.build({ entrypoints: [entry], files: { [entry]: script }, minify: true, target: 'browser' })
  const size = gzipSync(new Uint8Array((await built.outputs[0]?.arrayBuffer()) ?? [])).length
  console.log(`with koya.auth: ${size} gzipped, of at most ${MOST_BYTES_WITH_AUTH}`)
  expect(size).toBeGreaterThan(5000)
  expect(size).toBeLessThan(MOST_BYTES_WITH_AUTH)
})

test('importing it does nothing, and it needs nothing of Node', async () => {
  const built = await Bun.build({ entrypoints: [`${import.meta.dir}/data.ts`], target: 'browser' })
  const code = (await built.outputs[0]?.text()) ?? ''
  expect(code).not.toMatch(/\bimport\b|\brequire\(|\bprocess\b|\bawait import/)
})
