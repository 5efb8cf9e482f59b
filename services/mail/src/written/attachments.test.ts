import { describe, expect, test } from 'bun:test'
import type { MailAttachment } from '@koyalite/contracts'
import { useMail } from '../testing/use-mail'
import { attachmentProblems } from './attachments'

const PDF: MailAttachment = { filename: 'Rechnung für Ann.pdf', contentType: 'application/pdf', content: btoa('%PDF') }
const bench = useMail()

describe('attachments', () => {
  test('arrive as they were given, at every attempt, and are gone once they were sent', async () => {
    bench.sink.refusals.push(451)
    const attachments = [PDF, { ...PDF, filename: 'b.txt', contentType: 'text/plain', content: btoa('hello') }]
    const { id } = await bench.send({ attachments })
    const stored = () =>
      bench.database.all({ text: 'SELECT "content" FROM "_koyalite_mail_attachments"', params: [] }).flat()
    expect(stored()).toHaveLength(2)
    expect(JSON.stringify(stored())).not.toContain(PDF.content)
    await bench.later()
    expect(bench.sink.mails[0]?.attachments.map((one) => [one.filename, one.contentType, String(one.content)])).toEqual(
      [
        ['Rechnung für Ann.pdf', 'application/pdf', '%PDF'],
        ['b.txt', 'text/plain', 'hello'],
      ],
    )
    expect(stored()).toEqual([null, null])
    expect((await bench.shown(id))['attachments']).toEqual([
      { filename: 'Rechnung für Ann.pdf', content_type: 'application/pdf', bytes: 4 },
      { filename: 'b.txt', content_type: 'text/plain', bytes: 5 },
    ])
  })

  test('of a mail that failed are there when it is sent again', async () => {
    bench.sink.refusals.push(554)
    const { id } = await bench.send({ attachments: [PDF] })
    expect(await bench.shown(id)).toMatchObject({ status: 'failed', can_resend: true })
    await bench.fetch('POST', `/api/admin/mail/${id}/resend`)
    await bench.mail.wake()
    expect(bench.sink.mails.map((mail) => mail.attachments.length)).toEqual([1])
  })

  test('go with the mail after 7 days', async () => {
    await bench.send({ attachments: [PDF] })
    bench.now += 8 * 86_400_000
    await bench.mail.wake()
    for (const table of ['mails', 'mail_attachments', 'mail_history'])
      expect(bench.database.all({ text: `SELECT 1 FROM "_koyalite_${table}"`, params: [] })).toEqual([])
  })

  test('have names of files, media types, and bytes in base64', async () => {
    expect(attachmentProblems([PDF])).toEqual([])
    const wrong: readonly Partial<MailAttachment>[] = [
      ...['', ' a', '.', '..', 'a/b', 'a\\b', 'a\r\nX: y', 'a"b', 'a\u202egpj.exe', 'x'.repeat(151)].map(
        (filename) => ({
          filename,
        }),
      ),
      ...['', 'pdf', 'text/html; charset=x', 'text/plain\r\nX: y', 'Text/Plain', 'a/b/c'].map((contentType) => ({
        contentType,
      })),
      ...['', 'a', 'aGk', 'aGk=\n', 'aG k=', 'a-_='].map((content) => ({ content })),
    ]
    for (const one of wrong)
      expect([one, attachmentProblems([{ ...PDF, ...one }]).map(([field]) => field)]).toEqual([
        one,
        [`attachments.0.${Object.keys(one)[0] === 'contentType' ? 'content_type' : Object.keys(one)[0]}`],
      ])
    expect(attachmentProblems(Array.from({ length: 11 }, () => PDF))).toHaveLength(1)
    const large = Buffer.alloc(600 * 1024).toString('base64')
    expect(attachmentProblems([{ ...PDF, content: large }])).toEqual([])
    expect(
      attachmentProblems([
        { ...PDF, content: large },
        { ...PDF, content: large },
      ])[0]?.[1],
    ).toContain('1 MB')
    await expect(bench.send({ attachments: [{ ...PDF, filename: 'a/b' }] })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
    })
  })
})
