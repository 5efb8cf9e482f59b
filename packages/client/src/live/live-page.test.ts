import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { until, useServer } from '@koyalite/testkit'
import { createKoyalite } from '../index'
import { BLOG_SCHEMA, metadata } from '../testing/blog'

const server = useServer({ schema: BLOG_SCHEMA })
const PAGE = readFileSync(`${import.meta.dir}/../../../../docs/clients-live.md`, 'utf8')
const SAMPLES = Array.from(PAGE.matchAll(/```ts\n([\s\S]*?)```/g), ([, code = '']) => code)

test('the samples of docs/clients-live.md run, one after the other', async () => {
  expect(SAMPLES.length).toBe(6)
  const [setUp = '', ...samples] = SAMPLES
  expect(setUp).toContain("createKoyalite({ url: 'http://127.0.0.1:8090' })")
  const code = new Bun.Transpiler({ loader: 'ts', deadCodeElimination: false }).transformSync(samples.join('\n'))
  const koya = createKoyalite(metadata, { url: server.process.url })
  const run = new Function('koya', `return (async () => {\n${code}\nreturn { status }\n})()`)
  const { status } = await run(koya)
  expect(status).toBe('live')
  await until(() => koya.realtime.status.getSnapshot().status === 'closed')
})
