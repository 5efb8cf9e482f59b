import { expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'

/** Besides the client and React. */
const MOST_BYTES = 4_000

test('`@koyalite/client/react` is small', async () => {
  const built = await Bun.build({
    entrypoints: [`${import.meta.dir}/index.ts`],
    external: ['react'],
    minify: true,
    target: 'browser',
  })
  const bytes = new Uint8Array((await built.outputs[0]?.arrayBuffer()) ?? [])
  const size = gzipSync(bytes).length
  console.log(`@koyalite/client/react: ${bytes.length} bytes, ${size} gzipped, of at most ${MOST_BYTES}`)
  expect(built.outputs).toHaveLength(1)
  expect(size).toBeGreaterThan(1000)
  expect(size).toBeLessThan(MOST_BYTES)
})
