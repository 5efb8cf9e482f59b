import { expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Abort, type Ctx, defineFunction, KoyaError, Retry, type ValueOf } from './index'

/** Compiled, never run: `tsc` says whether each line is the error that it is marked as. */
async function typeTests(ctx: Ctx): Promise<void> {
  defineFunction({
    input: {
      title: { type: 'string', required: true, maxLength: 200 },
      tags: { type: 'array', items: 'string', optional: true },
      status: { type: 'string', enum: ['draft', 'published'] },
      count: { type: 'integer', nullable: true },
      address: { type: 'object', properties: { city: 'string', zip: { type: 'string', optional: true } } },
      rows: { type: 'array', items: { type: 'object', properties: { n: 'number' } } },
      more: 'json',
    },
    output: { slug: { type: 'string' }, size: { type: 'number', optional: true } },
    config: { access: 'auth.id != null', network: ['api.stripe.com:443'], calls: ['publish'] },
    async handler(input, ctx) {
      const title: string = input.title
      const tags: string[] | undefined = input.tags
      const status: 'draft' | 'published' = input.status
      const count: number | null = input.count
      const city: string = input.address.city
      const zip: string | undefined = input.address.zip
      const rows: number[] = input.rows.map(({ n }) => n)
      const more: unknown = input.more
      // @ts-expect-error: there is no such field
      input.titel
      // @ts-expect-error: it may be left out
      input.tags.length
      void [tags, status, count, city, zip, rows, more, ctx.version]
      return { slug: title }
    },
  })
  defineFunction({
    output: { slug: { type: 'string' } },
    // @ts-expect-error: without the slug
    handler: () => ({ size: 1 }),
  })
  // @ts-expect-error: no value of the isolation
  defineFunction({ config: { isolation: 'none' }, handler: () => {} })
  defineFunction({ input: { type: 'object', properties: { a: {} } }, handler: (input: unknown) => input })
  defineFunction({ input: { anyOf: [{ type: 'null' }] }, output: { $ref: '#/x' }, handler: (input: unknown) => input })
  const day: string = {} as ValueOf<{ day: 'date'; n: 'int' }>['day']
  const typed: { a: number; b?: string } = {} as ValueOf<{ a: 'number'; b: { type: 'string'; required: false } }>

  const auth = ctx.auth
  if (auth?.kind === 'user') void auth.id.length
  // @ts-expect-error: operators and keys have no id
  auth?.id
  const user: string | undefined = ctx.user?.email
  const mailed: string = await ctx.mail.send({ to: 'ann@example.com', template: 'welcome' })
  await ctx.mail.send({ to: ['ann@example.com'], template: 'welcome', props: { name: 'Ann' }, locale: 'fr', key: 'a' })
  await ctx.mail.send({ to: 'ann@example.com', subject: 'Hi', text: 'Hi' })
  // @ts-expect-error: a template says the subject
  await ctx.mail.send({ to: 'ann@example.com', template: 'welcome', subject: 'Hi' })
  void mailed
  const pushed: { id: string | null; created: boolean } = await ctx.queue.push(
    'other',
    { any: 1 },
    { delay: '10m', run_at: new Date(), priority: 1, key: 'k', on_conflict: 'rerun', key_for: 1000, group: 'g' },
  )
  // @ts-expect-error: there is no such way
  await ctx.queue.push('other', {}, { on_conflict: 'drop' })
  const attempt: number | undefined = ctx.job?.attempt
  // @ts-expect-error: calls that run no job have none
  ctx.job.progress(1)
  await ctx.db.transaction((tx) => tx.queue.pushMany('other', [1, 2]), { completes: true })
  new Retry({ after: '10m', message: 'closed', cause: new Abort('closed') })
  // @ts-expect-error: options, not a duration
  new Retry('10m')
  // @ts-expect-error: env is not written
  ctx.env.KEY = 'x'
  // Without generated types, any collection with any fields.
  const post = await ctx.db.posts?.get('id')
  const title: unknown = post?.title
  const list = await ctx.db.collection('posts').list({ filter: { title: 'x' }, limit: 3 })
  const made = await ctx.db.transaction(async (tx) => (await tx.collection('posts').create({ title: 'x' })).id)
  const count: number = await ctx.db.collection('posts').filter({ title: 'x' }).count()
  const output: unknown = await ctx.functions.call('other', { any: 1 })
  ctx.log.info('text', { n: 1 })
  // @ts-expect-error: fields are an object
  ctx.log.info('text', 1)
  new KoyaError('SOLD_OUT', 'no seats', { status: 409, details: { seats: 0 } })
  void [pushed, attempt, typed, day, user, title, list, made, count, output]
}

/** A project: what `koyalite generate` adds. */
const GENERATED = `
import type { CollectionTypes, Increment, ToMany, ToOne } from '@koyalite/client/data'
interface Post { id: string; title: string; author_id: string | null; views: number; created_at: Date }
interface Posts extends CollectionTypes {
  doc: Post
  create: { title: string; author_id?: string | null }
  update: { title?: string; views?: number | Increment }
  key: 'id'
  relations: { author: ToOne<'users'> }
}
interface Users extends CollectionTypes {
  doc: { id: string; name: string }
  create: { name: string }
  update: { name?: string }
  key: 'id'
  relations: { posts: ToMany<'posts'> }
}
declare module '@koyalite/functions' {
  interface FunctionSchema { posts: Posts; users: Users }
  interface FunctionTypes { publish: { input: { post_id: string }; output: { slug: string } } }
}
`

const FUNCTION = `
import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  async handler(_, ctx) {
    const post = await ctx.db.posts.create({ title: 'x' })
    const when: Date = post.created_at
    const same: string = (await ctx.db.posts.get(post.id)).title
    const [first] = await ctx.db.posts.list({ filter: { title: { $like: 'a%' } }, sort: '-views', limit: 1 })
    const author = (await ctx.db.posts.expand('author').first())?.author?.name
    const [made] = await ctx.db.batch((tx) => [tx.users.create({ name: 'Ann' })])
    const views: number = await ctx.db.transaction(async (tx) => {
      const { views } = await tx.posts.update(post.id, { views: { $inc: 1 } })
      // @ts-expect-error: a transaction has no batches
      tx.batch
      return views
    })
    const { slug }: { slug: string } = await ctx.functions.call('publish', { post_id: post.id })
    await ctx.queue.push('publish', { post_id: post.id }, { key: post.id })
    await ctx.queue.pushMany('publish', [{ post_id: post.id }])
    await ctx.queue.pushMany('publish', [{ payload: { post_id: post.id }, delay: '10m' }])
    await ctx.db.transaction((tx) => tx.queue.push('publish', { post_id: post.id }))
    // @ts-expect-error: there is no such function
    await ctx.queue.push('publsh', {})
    // @ts-expect-error: it takes a post
    await ctx.queue.push('publish', { id: 'x' })
    // @ts-expect-error: each takes a post
    await ctx.queue.pushMany('publish', [{ payload: { id: 'x' } }])
    await ctx.admin.db.users.upsert('u', { name: 'Bob' })
    // @ts-expect-error: there is no such collection
    ctx.db.comments
    // @ts-expect-error: without a title
    await ctx.db.posts.create({})
    // @ts-expect-error: no number
    await ctx.db.posts.update(post.id, { title: 1 })
    // @ts-expect-error: there is no such field
    await ctx.db.posts.list({ filter: { titel: 'x' } })
    // @ts-expect-error: there is no such function
    await ctx.functions.call('publsh', {})
    // @ts-expect-error: it takes a post
    await ctx.functions.call('publish', { id: 'x' })
    // @ts-expect-error: the server's rights have no transactions
    ctx.admin.db.transaction
    return [when, same, first?.title, author, made.name, views, slug]
  },
})
`

const root = resolve(import.meta.dir, '../../..')

test('without generated types', () => {
  expect(typeTests).toBeFunction()
})

test('with the types of a project', () => {
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-function-types-'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(join(root, 'packages/functions/node_modules/@koyalite'), join(folder, 'node_modules/@koyalite'))
  writeFileSync(join(folder, 'generated.ts'), GENERATED)
  writeFileSync(join(folder, 'function.ts'), FUNCTION)
  const paths = {
    '@koyalite/functions': [join(root, 'packages/functions/src/index.ts')],
    '@koyalite/client/data': [join(root, 'packages/client/src/data.ts')],
  }
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { typeRoots: [join(root, 'node_modules/@types')], paths },
    include: ['*.ts'],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const { stdout, exitCode } = Bun.spawnSync([join(root, 'node_modules/.bin/tsc'), '-p', folder])
  rmSync(folder, { recursive: true })
  expect(stdout.toString()).toBe('')
  expect(exitCode).toBe(0)
}, 60_000)
