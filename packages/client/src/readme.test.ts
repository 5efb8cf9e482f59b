import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { useServer } from '@koyalite/testkit'
import { createKoyalite, isKoyaError } from './index'
import { BLOG_SCHEMA, metadata } from './testing/blog'

const server = useServer({ schema: BLOG_SCHEMA })

test('the samples of the README run, one after the other', async () => {
  const readme = readFileSync(`${import.meta.dir}/../README.md`, 'utf8')
  const samples = Array.from(readme.matchAll(/```ts\n([\s\S]*?)```/g), ([, code = '']) => code)
  expect(samples.length).toBe(4)
  const code = samples.join('\n').replace('http://127.0.0.1:8090', server.process.url).replace('kl_…', server.key)
  const run = new Function(
    ...['createKoyalite', 'metadata', 'isKoyaError'],
    `return (async () => {\n${code}\nreturn { post, read, latest, titles, docs, nextCursor, total, months, made, comment }\n})()`,
  )
  const seen = await run(createKoyalite, metadata, isKoyaError)
  expect(seen.read.view_count).toBe(1)
  expect(seen.total).toBe(1)
  expect(seen.latest[0].title).toBe('Hi')
  expect(seen.titles).toEqual([{ id: seen.post.id, title: 'Hi' }])
  expect(seen.comment.post_id).toBe(seen.made.id)
})
