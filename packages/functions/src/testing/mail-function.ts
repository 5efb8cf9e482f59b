/** The function of MAIL_BEHAVIOURS in TypeScript. */
export const MAIL_FUNCTION = `
  import { defineFunction, KoyaError } from '@koyalite/functions'
  const send = ({ mail }) => mail.send({ to: 'ann@example.com', subject: 'Hello', text: 'Hi' })
  const kinds = {
    send,
    everything: ({ mail }) =>
      mail.send({
        to: ['ann@example.com', 'bob@example.com'], cc: ['cy@example.com'], bcc: ['di@example.com'],
        reply_to: 'help@example.com', subject: 'Hello', html: '<p>Hi</p>', headers: { 'X-Campaign': 'spring' },
        key: 'hello-1', delivery: 'at_most_once',
      }),
    template: ({ mail }) =>
      mail.send({ to: 'ann@example.com', template: 'welcome', props: { name: 'Ann', count: 2 }, locale: 'fr-CA' }),
    file: ({ mail }) =>
      mail.send({
        to: 'ann@example.com', subject: 'Hello', text: 'Hi',
        attachments: [{ filename: 'a.csv', content: 'YSxi', content_type: 'text/csv' }],
      }),
    'in a transaction': ({ db }) =>
      db.transaction(async (tx) => {
        await tx.posts.create({ title: 'a' })
        return send(tx)
      }),
    'rolled back': ({ db }) =>
      db.transaction(async (tx) => {
        await send(tx)
        throw new KoyaError('NO', 'no')
      }),
    open: ({ db, ...ctx }) =>
      db.transaction(() => send(ctx).then(() => 'allowed', (error) => error.code)),
  }
  export default defineFunction({ handler: (input, ctx) => kinds[input.do](ctx) })
`
