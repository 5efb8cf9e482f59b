import { expect, test } from 'bun:test'
import { defineAuthProvider, defineHooks, isKoyaError, KoyaError } from './index'

interface Schema {
  posts: {
    doc: { id: string; title: string; slug: string | null; created_at: Date }
    create: { title: string; slug?: string | null | undefined; created_at?: Date | undefined }
    update: { title?: string | undefined; slug?: string | null | undefined }
    key: 'id'
    relations: Record<never, never>
  }
  counts: {
    doc: { id: string; n: number }
    create: { id: string; n?: number | undefined }
    update: { n?: number | { readonly $inc: number } | undefined }
    key: 'id'
    relations: Record<never, never>
  }
}

/** Compiled, never run: `tsc` says whether each line is the error that it is marked as. */
function typeTests(): void {
  defineHooks<Schema>({
    posts: {
      async prepareCreate(ctx, data) {
        const counted: number = await ctx.db.counts.count()
        return { ...data, slug: `${data.title} ${counted}` }
      },
      beforeCreate(ctx, data) {
        const count: { n: number } | null = ctx.db.counts.get('posts')
        ctx.db.counts.update('posts', { n: { $inc: 1 } })
        const id: string | null = ctx.queue.push('digest', {}).id
        // @ts-expect-error: there is no such collection
        ctx.db.cuonts
        // @ts-expect-error: a timestamp is a text
        data.created_at = new Date()
        void [count, id]
        return { ...data, slug: data.title }
      },
      beforeUpdate(_, data, old) {
        if (data.title === old.title) throw new KoyaError('SAME', 'nothing changes', { status: 409 })
        data.slug = null
      },
      beforeDelete() {},
      async afterCreate(ctx, doc) {
        await ctx.mail.send({ to: 'ann@example.com', subject: doc.title, text: doc.created_at })
      },
    },
  })
  // @ts-expect-error: what runs inside of a write cannot wait
  defineHooks<Schema>({ posts: { async beforeCreate() {} } })
  // @ts-expect-error: nor return a promise
  defineHooks<Schema>({ posts: { beforeUpdate: (_, data) => Promise.resolve(data) } })
  // @ts-expect-error: there is no such hook
  defineHooks<Schema>({ posts: { beforeCraete() {} } })
  // @ts-expect-error: there is no such collection
  defineHooks<Schema>({ psots: {} })
  defineAuthProvider({
    name: 'acme',
    begin: (_, { state }) => `https://id.example.com/?state=${state}`,
    callback: async () => ({ id: 1, email: 'ann@example.com', verified: true }),
  })
}

test('hooks are what was defined, whichever copy of the package defined them', () => {
  const beforeCreate = () => {}
  const hooks = defineHooks<Schema>({ posts: { beforeCreate } })
  expect(hooks.posts?.beforeCreate).toBe(beforeCreate)
  expect(Reflect.has(hooks, Symbol.for('koyalite.hooks.definition'))).toBe(true)
  expect(isKoyaError(new KoyaError('SOLD_OUT', 'none are left'))).toBe(true)
  expect(() => (defineHooks as (hooks: unknown) => unknown)(null)).toThrow('defineHooks needs an object')
  expect(typeTests).toBeFunction()
})
