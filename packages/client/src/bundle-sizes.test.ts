import { expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'

/** What a page loads that imports this, gzipped: not more than today and a little, so that growth is a decision. */
const BUNDLES: readonly (readonly [title: string, script: string, mostBytes: number])[] = [
  ['@koyalite/client/data', `export * from './data'`, 7_250],
  ['data and accounts', `export * from './create-data'\nexport * from './auth/auth-part'`, 13_000],
  [
    'data and live queries',
    `export * from './create-data'\nexport * from './live/create-live'\nexport * from './live/open-channel'\nexport * from './live-query'`,
    15_000,
  ],
  ['@koyalite/client', `export * from './index'`, 22_000],
  ['@koyalite/client and its hooks for React', `export * from './index'\nexport * from './react'`, 25_000],
]

test.each(BUNDLES)('%s is small', async (title, script, mostBytes) => {
  const bytes = await bundled(script, { minify: true })
  const size = gzipSync(bytes).length
  console.log(`${title}: ${size} bytes gzipped, of at most ${mostBytes}`)
  expect(size).toBeLessThan(mostBytes)
  // A limit that is far away would let it grow unseen.
  expect(size).toBeGreaterThan(mostBytes * 0.7)
})

test('data has nothing of accounts and live queries', async () => {
  const code = new TextDecoder().decode(await bundled(`export * from './data'`, { minify: false }))
  expect(code).not.toMatch(/WebSocket|EventSource|localStorage|refresh_token/)
})

const BROWSER: Pick<Bun.BuildConfig, 'target' | 'external'> = { target: 'browser', external: ['react'] }

async function bundled(script: string, { minify }: { readonly minify: boolean }): Promise<Uint8Array<ArrayBuffer>> {
  const entry = `${import.meta.dir}/bundle.ts`
  const { outputs } = await Bun.build({ entrypoints: [entry], files: { [entry]: script }, minify, ...BROWSER })
  expect(outputs).toHaveLength(1)
  return new Uint8Array((await outputs[0]?.arrayBuffer()) ?? [])
}
