/** The function of EVENT_BEHAVIOURS in TypeScript. */
export const EVENT_FUNCTION = `
  import { defineFunction, KoyaError } from '@koyalite/functions'
  const publish = ({ events }) => events.publish('orders.paid', { id: 1 })
  const kinds = {
    event: ({ event }) => event ?? undefined,
    publish,
    'in a transaction': async ({ db }) => {
      await db.transaction(async (tx) => {
        await tx.posts.create({ title: 'a' })
        await publish(tx)
      })
    },
    'rolled back': ({ db }) =>
      db.transaction(async (tx) => {
        await publish(tx)
        throw new KoyaError('NO', 'no')
      }),
    open: ({ db, ...ctx }) =>
      db.transaction(() => publish(ctx).then(() => 'allowed', (error) => error.code)),
  }
  export default defineFunction({ handler: (input, ctx) => kinds[ctx.event?.data.do ?? input.do](ctx) })
`
