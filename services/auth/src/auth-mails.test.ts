import { expect, test } from 'bun:test'
import type { MailTemplate } from '@koyalite/contracts'
import { AUTH_MAILS } from './auth-mails'

test('every mail has the name under which it is sent, names the project, and says what to do if it was not requested', () => {
  for (const [name, mail] of Object.entries<MailTemplate>(AUTH_MAILS)) {
    expect([name, mail.name]).toEqual([name, name])
    expect(mail.subject('Blog')).toContain('Blog')
    expect([mail.intro, mail.outro]).not.toContain('')
  }
})
