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

test('importing it does nothing, and it needs nothing of Node', async () => {
  const built = await Bun.build({ entrypoints: [`${import.meta.dir}/data.ts`], target: 'browser' })
  const code = (await built.outputs[0]?.text()) ?? ''
  expect(code).not.toMatch(/\bimport\b|\brequire\(|\bprocess\b|\bawait import/)
})
