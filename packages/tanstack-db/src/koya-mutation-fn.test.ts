import { expect, test } from 'bun:test'
import { createKoyalite, isKoyaError, type Koyalite } from '@koyalite/client'
import { until, useServer } from '@koyalite/testkit'
import {
  createCollection,
  createLiveQueryCollection,
  createOptimisticAction,
  createTransaction,
  eq,
  localOnlyCollectionOptions,
} from '@tanstack/db'
import { koyaCollectionOptions, koyaMutationFn, uuidV7 } from './index'
import { type Person, person } from './testing/person'
import { metadata, ROOMS_SCHEMA, type Schema } from './testing/rooms'

const settings = 'auth: { rate_limit: { api: 100000/minute, register: 1000/minute } }\n'
const server = useServer({ schema: ROOMS_SCHEMA, settings })

interface Blog {
  publish(input: { readonly id: string; readonly title: string; readonly texts: readonly string[] }): {
    when(state: 'settled'): Promise<unknown>
  }
  /** In each state that was published: the comments of all posts, and how many posts the user has. */
  readonly frames: readonly string[]
  end(): Promise<unknown>
}

async function blog({ koya, id: userId }: Person): Promise<Blog> {
  const posts = createCollection(koyaCollectionOptions({ query: koya.posts }))
  const comments = createCollection(koyaCollectionOptions({ query: koya.comments }))
  const users = createCollection(koyaCollectionOptions({ query: koya.users.filter({ id: userId }) }))
  const joined = createLiveQueryCollection((q) =>
    q
      .from({ comment: comments })
      .join({ post: posts }, ({ comment, post }) => eq(comment.post_id, post.id), 'inner')
      .join({ user: users }, ({ post, user }) => eq(post.title, user.name), 'left')
      .select(({ comment, user }) => ({ id: comment.id, posts: user?.posts })),
  )
  await Promise.all([posts.preload(), comments.preload(), users.preload()])
  await joined.preload()
  const frames: string[] = []
  joined.subscribeChanges(() => frames.push(`${joined.size} ${joined.toArray[0]?.posts}`))
  const publish = createOptimisticAction<{ id: string; title: string; texts: readonly string[] }>({
    onMutate: ({ id, title, texts }) => {
      posts.insert({ id, title })
      comments.insert(texts.map((text) => ({ post_id: id, text })))
      users.update(userId, (draft) => {
        draft.name = title
        draft.posts = (draft.posts ?? 0) + 1
      })
    },
    mutationFn: koyaMutationFn(koya),
  })
  const end = () => Promise.all([joined.cleanup(), posts.cleanup(), comments.cleanup(), users.cleanup()])
  return { publish, frames, end }
}

test('a transaction over three collections is one batch, seen as a whole or not at all', async () => {
  const ann = await person(server)
  const { publish, frames, end } = await blog(ann)
  const id = uuidV7()
  await publish({ id, title: 'First', texts: ['a', 'b', 'c'] }).when('settled')
  expect(ann.requests).toEqual(['POST /api/batch'])
  expect(frames).toEqual(['3 1'])
  expect(await ann.koya.comments.filter({ post_id: id }).count()).toBe(3)
  expect((await ann.koya.users.getById(ann.id)).posts).toBe(1)

  const refused = publish({ id: uuidV7(), title: 'Second', texts: ['a', '', 'c'] })
  const error = await refused.when('settled').catch((reason: unknown) => reason)
  expect(isKoyaError(error) && [error.code, error.operation]).toEqual(['VALIDATION_ERROR', 2])
  expect(frames.at(-1)).toBe('3 1')
  await end()
})

test('works with transactions of your own, and tells collections that are not its', async () => {
  const ann = await person(server)
  const posts = createCollection(koyaCollectionOptions({ query: ann.koya.posts }))
  await posts.preload()
  const errors: string[] = []
  const mutationFn = koyaMutationFn(ann.koya, { onError: ({ code }) => errors.push(code) })
  const draft = createTransaction({ autoCommit: false, mutationFn })
  draft.mutate(() => posts.insert({ title: 'A' }))
  expect(ann.requests).toEqual([])
  await draft.commit()
  expect(ann.requests).toEqual(['POST /api/collections/posts'])

  const local = createCollection(localOnlyCollectionOptions({ getKey: ({ id }: { id: string }) => id }))
  const strange = createTransaction({ autoCommit: false, mutationFn })
  strange.mutate(() => local.insert({ id: '1' }))
  expect(String(await strange.commit().catch((reason) => reason))).toContain('koyaCollectionOptions')
  const ben = await person(server)
  const foreign = createTransaction({ autoCommit: false, mutationFn: koyaMutationFn(ben.koya) })
  foreign.mutate(() => posts.insert({ title: 'B' }))
  expect(String(await foreign.commit().catch((reason) => reason))).toContain('another client')
  expect(errors).toEqual(['INVALID_REQUEST'])
  await posts.cleanup()
})

test('when the user changes, rows and writes of the one before are gone at once', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const koya: Koyalite<Schema> = createKoyalite(metadata, {
    url: server.process.url,
    fetch: async (url, init) => {
      if (init.method === 'PATCH') await held
      return fetch(url, init)
    },
  })
  await koya.auth.anonymous()
  const todos = createCollection(koyaCollectionOptions({ query: koya.todos.filter({ room: 'shared' }) }))
  await todos.preload()
  await todos.insert({ title: 'A', room: 'shared', secret: 's' }).when('settled')
  const [row] = todos.toArray
  const update = todos.update(row?.id ?? '', (draft) => {
    draft.title = 'B'
  })
  const sizes: number[] = []
  todos.subscribeChanges(() => sizes.push(todos.size))
  await koya.auth.logout()
  const refusal = await update.when('settled').catch((error: unknown) => error)
  expect(isKoyaError(refusal) && refusal.code).toBe('ABORTED')
  expect(todos.size).toBe(0)
  release()

  await koya.auth.anonymous()
  await until(() => todos.size === 1)
  // Somebody else does not see everything of it.
  expect(todos.toArray[0]).toMatchObject({ title: 'A' })
  expect(todos.toArray[0]).not.toHaveProperty('secret')
  await todos.cleanup()
})
