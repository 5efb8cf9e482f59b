import { expect } from 'bun:test'
import type { Instance } from './start-instance'

/** What each host does with emails: of a function that is written in each language, and does what `do` of its input says. */
export interface MailBehaviour {
  readonly name: string
  run(instance: Instance): Promise<void>
}

const MAIL = { to: ['ann@example.com'], subject: 'Hello', text: 'Hi' }

export const MAIL_BEHAVIOURS: readonly MailBehaviour[] = [
  {
    name: 'send',
    async run({ call, server }) {
      expect((await call({ do: 'send' })).body).toBe('m-1')
      expect(mailed(server)).toEqual([MAIL])
      expect(server.requests.map(({ line }) => line)).toContain('POST /internal/v1/mails')
    },
  },
  {
    name: 'everything that an email may have',
    async run({ call, server }) {
      expect((await call({ do: 'everything' })).body).toBe('m-1')
      expect(mailed(server)).toEqual([
        {
          ...{ to: ['ann@example.com', 'bob@example.com'], cc: ['cy@example.com'], bcc: ['di@example.com'] },
          ...{ reply_to: 'help@example.com', subject: 'Hello', html: '<p>Hi</p>', headers: { 'X-Campaign': 'spring' } },
          ...{ key: 'hello-1', delivery: 'at_most_once' },
        },
      ])
    },
  },
  {
    name: 'a template, with what it is rendered with',
    async run({ call, server }) {
      expect((await call({ do: 'template' })).body).toBe('m-1')
      expect(mailed(server)).toEqual([
        { to: ['ann@example.com'], template: 'welcome', props: { name: 'Ann', count: 2 }, locale: 'fr-CA' },
      ])
    },
  },
  {
    name: 'a file',
    async run({ call, server }) {
      expect((await call({ do: 'file' })).body).toBe('m-1')
      const attachments = [{ filename: 'a.csv', content: 'YSxi', content_type: 'text/csv' }]
      expect(mailed(server)).toEqual([{ ...MAIL, attachments }])
    },
  },
  {
    name: 'in a transaction: with its commit, or not at all',
    async run({ call, server }) {
      expect(await call({ do: 'rolled back' })).toMatchObject({ failure: 'error', body: { code: 'NO' } })
      expect(mailed(server)).toEqual([])
      server.transactions.conflicts = 1
      expect((await call({ do: 'in a transaction' })).body).toBe('m-1')
      expect(mailed(server)).toEqual([MAIL])
    },
  },
  {
    name: 'while a transaction is open, nothing but it sends',
    async run({ call, server }) {
      expect((await call({ do: 'open' })).body).toBe('TRANSACTION_OPEN')
      expect(mailed(server)).toEqual([])
    },
  },
]

/** What the server got: hosts send one address as a text, or as a list of one. */
function mailed({ transactions }: Instance['server']): readonly object[] {
  return transactions.mailed.map((mail) => ({ ...mail, to: [(mail as { readonly to: unknown }).to].flat() }))
}
