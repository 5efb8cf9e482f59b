import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectStatus, runKoyalite, sampleRunner, samplesOf, useServer } from '@koyalite/testkit'

const PAGE = readFileSync(join(import.meta.dir, '../../docs/hooks.md'), 'utf8')
const blocks = Array.from(PAGE.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm), ([, , text = '']) => text)
/** The file of the page that begins with its name. */
const file = (name: string) => blocks.find((text) => text.split('\n', 1)[0]?.endsWith(` ${name}`)) ?? ''

const server = useServer({ schema: file('schema.yaml'), files: { 'hooks/posts.ts': file('hooks/posts.ts') } })

test('the requests of the page do what it says, and its hooks refuse what they say', async () => {
  const samples = samplesOf(PAGE)
  expect(samples).toHaveLength(2)
  const run = sampleRunner({ url: () => server.process.url, dir: () => server.project.dir, key: () => server.key })
  for (const sample of samples) await run(sample)
  const posts = '/api/collections/posts'
  const spam = expectStatus(await server.anonymous.post(posts, { title: 'Spam!', author: 'Ann' }), 422)
  expect(spam.body.error).toMatchObject({ code: 'SPAM', message: 'this looks like spam' })
  const [{ id }] = expectStatus(await server.anonymous.get(posts), 200).body.docs
  const changed = expectStatus(await server.anonymous.patch(`${posts}/${id}`, { author: 'Bob' }), 409)
  expect(changed.body.error.code).toBe('AUTHOR_FIXED')
  expect((await server.anonymous.get('/api/collections/counts/all')).body).toEqual({ id: 'all', posts: 1 })
  await server.process.said('a new post')
  const listed = await runKoyalite(['hooks', 'list', '--json', '--dir', server.project.dir])
  expect(JSON.parse(listed.stdout)).toMatchObject({
    enabled: true,
    files: ['hooks/posts.ts'],
    hooks: [
      { collection: 'posts', hook: 'beforeCreate', runs: 2, failures: 0, off: null },
      { collection: 'posts', hook: 'beforeUpdate', runs: 1, failures: 0, off: null },
      { collection: 'posts', hook: 'afterCreate', runs: 1, failures: 0, off: null },
    ],
  })
})
