import { describe, expect, test } from 'bun:test'
import type { OperatorMail } from '@koyalite/contracts'
import { type Draft, useMail } from '../testing/use-mail'

const bench = useMail()
const LINK: OperatorMail = { name: 'link', subject: 'Your link', intro: 'Hi', outro: 'Bye' }
const PATH = /^<https:\/\/api\.example\.com(\/_\/mail\/unsubscribe\?token=[\w:-]+)>$/

/** The headers that a mail has, as its server got them. */
async function headersOf(draft?: Draft): Promise<Record<string, string>> {
  const { id } = await bench.send(draft)
  return (await bench.shown(id)).headers as Record<string, string>
}

async function pathFor(draft?: Draft): Promise<string> {
  const headers = await headersOf(draft)
  return PATH.exec(headers['List-Unsubscribe'] ?? '')?.[1] ?? ''
}

const click = async (path: string) => (await bench.fetch('POST', path)).status
const suppressions = async () => {
  const response = await bench.fetch('GET', '/api/admin/mail/suppressions')
  const { suppressions: found } = (await response.json()) as {
    suppressions: { address: string; list: string | null; reason: string }[]
  }
  return found.map(({ address, list, reason }) => `${address} ${list} ${reason}`)
}

describe('emails of functions to one person', () => {
  test('have a link for one click', async () => {
    const headers = await headersOf()
    expect(headers['List-Unsubscribe']).toMatch(PATH)
    expect(headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click')
    const [arrived] = bench.sink.mails
    expect(arrived?.headers.get('list')).toMatchObject({
      unsubscribe: { url: expect.stringContaining('https://api.example.com/_/mail/unsubscribe?token=') },
    })
    expect(headers['List-Unsubscribe']).not.toContain('ann')
  })

  test('have none where it would be of nobody, or is said already', async () => {
    const own = { 'list-unsubscribe': '<https://example.com/u>' }
    expect(await headersOf({ headers: own })).toEqual(own)
    for (const draft of [
      { to: ['ann@example.com', 'bob@example.com'] },
      { cc: ['bob@example.com'] },
      { bcc: ['bob@example.com'] },
    ])
      expect(await headersOf(draft)).toEqual({})
    for (const url of [null, 'http://api.example.com']) {
      bench.url = url
      expect(await headersOf()).toEqual({})
    }
    bench.url = 'https://api.example.com/'
    expect(await pathFor()).not.toBe('')
    bench.unsubscribe = false
    expect(await headersOf()).toEqual({})
  })

  test('are not of sign-in', async () => {
    await bench.database.write((tx) => bench.mail.queue(tx, { template: LINK, to: 'ann@example.com' }))
    await bench.mail.wake()
    expect(bench.sink.mails[0]?.headers.has('list')).toBe(false)
  })
})

describe('the link', () => {
  test('asks, and its button ends emails of one function to one address', async () => {
    const path = await pathFor({ to: ['Ann@example.com'] })
    const page = await bench.fetch('GET', path)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<form method="post">')])
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self'")
    expect(await suppressions()).toEqual([])
    expect(await click(path)).toBe(200)
    expect(await click(path)).toBe(200)
    expect(await suppressions()).toEqual(['ann@example.com welcome unsubscribe'])
    const before = bench.sink.mails.length
    const { id } = await bench.send({ key: 'next' })
    expect(await bench.shown(id)).toMatchObject({ status: 'failed', error: 'suppressed: ann@example.com' })
    await bench.send({ function: 'receipts' })
    await bench.send({ to: ['bob@example.com'] })
    await bench.database.write((tx) => bench.mail.queue(tx, { template: LINK, to: 'ann@example.com' }))
    await bench.mail.wake()
    expect(bench.sink.mails.length - before).toBe(3)
  })

  test('changed, or of nothing, is not valid', async () => {
    const path = await pathFor()
    const wrong = [
      path.replace(/.{20}$/, (end) => (end[0] === 'A' ? `B${end.slice(1)}` : `A${end.slice(1)}`)),
      path.slice(0, -4),
      path.replace(/token=.*/, ''),
      path.replace(/token=.*/, 'token=a:b'),
      path.replace(/token=.*/, `token=${'a'.repeat(900)}`),
    ]
    for (const one of wrong)
      for (const method of ['GET', 'POST']) expect([one, (await bench.fetch(method, one)).status]).toEqual([one, 404])
    expect(await suppressions()).toEqual([])
  })

  test('is undone by an operator, with its list', async () => {
    await click(await pathFor())
    const remove = (query: string) =>
      bench.fetch('DELETE', `/api/admin/mail/suppressions?address=ann@example.com${query}`)
    expect((await remove('')).status).toBe(404)
    expect((await remove('&list=welcome')).status).toBe(204)
    expect(bench.audited).toMatchObject([{ event: 'mail.unsuppressed', details: { list: 'welcome' } }])
    const { id } = await bench.send({ key: 'again' })
    expect(await bench.shown(id)).toMatchObject({ status: 'sent' })
  })

  test('stays good after the key that seals is another', async () => {
    const path = await pathFor()
    await bench.rotateKeys()
    expect(await click(path)).toBe(200)
  })
})

test('pages of addresses that have unsubscribed from several lists are complete', async () => {
  for (const name of ['one', 'two', 'three']) await click(await pathFor({ function: name }))
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const next = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const response = await bench.fetch('GET', `/api/admin/mail/suppressions?limit=1${next}`)
    const page = (await response.json()) as { suppressions: { list: string }[]; next_cursor: string | null }
    seen.push(...page.suppressions.map(({ list }) => list))
    cursor = page.next_cursor
  } while (cursor !== null)
  expect(seen).toEqual(['one', 'three', 'two'])
})
