import { expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'

/** With what it uses of the client, where a page has the client anyway. */
const MOST_BYTES = 5_000

test('`@koyalite/tanstack-db` is small', async () => {
  const built = await Bun.build({
    entrypoints: [`${import.meta.dir}/index.ts`],
    external: ['@tanstack/db'],
    minify: true,
    target: 'browser',
  })
  const bytes = new Uint8Array((await built.outputs[0]?.arrayBuffer()) ?? [])
  const size = gzipSync(bytes).length
  console.log(`@koyalite/tanstack-db: ${bytes.length} bytes, ${size} gzipped, of at most ${MOST_BYTES}`)
  expect(size).toBeGreaterThan(1000)
  expect(size).toBeLessThan(MOST_BYTES)
})
