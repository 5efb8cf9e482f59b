import { expect, test } from 'bun:test'
import type { Koyalite } from '../index'
import type { Schema, User } from '../testing/blog'

/** Compiled, never run: `tsc` says whether each line is the error that it is marked as. */
async function typeTests({ auth }: Koyalite<Schema>): Promise<void> {
  const user: User | null = auth.user
  const ready: User | null = await auth.ready
  const created: Date | undefined = user?.created_at
  // @ts-expect-error: nobody may be signed in
  auth.user.email

  await auth.register({ email: 'a@example.com', password: 'x', name: 'Ann' })
  // @ts-expect-error: no password
  await auth.register({ email: 'a@example.com' })
  // @ts-expect-error: users have no such field
  await auth.register({ email: 'a@example.com', password: 'x', nme: 'Ann' })
  // @ts-expect-error: a name is a text
  await auth.updateMe({ name: 1 })
  // @ts-expect-error: an address is changed by a link
  await auth.updateMe({ email: 'b@example.com' })

  const result = await auth.login('a@example.com', 'x')
  // @ts-expect-error: a second factor may be asked for
  result.user.email
  if (result.status === 'mfa_required') await auth.mfa.verify(result.mfaToken, { code: '123456' })
  else result.user.email.length
  // @ts-expect-error: registered with a link, it would wait
  if (result.status === 'verification_required') return
  // @ts-expect-error: one factor
  await auth.mfa.disable({})
  // @ts-expect-error: no such proof
  await auth.reauthenticate({ pin: '1' })
  const fresh: Date = await auth.reauthenticate({ recoveryCode: 'x' })

  const stop: () => void = auth.onChange((event, changed) => {
    // @ts-expect-error: no such event
    if (event === 'logged_in') return
    if (event === 'user_changed') changed?.name?.length
  })
  // @ts-expect-error: it cannot be set
  auth.status = 'signed_out'
  const back = await auth.oauth.callback()
  if (back?.status === 'profile_incomplete') await auth.oauth.complete({ ticket: back.ticket, name: 'Ann' })
  // @ts-expect-error: the ticket is missing
  await auth.oauth.complete({ name: 'Ann' })
  void [ready, created, fresh, stop]
}

/** Where a schema says nothing of `users`. */
async function withoutUsers({ auth }: Koyalite<Record<never, never>>): Promise<void> {
  const email: string | undefined = auth.user?.email
  await auth.register({ email: email ?? '', password: 'x', anything: 1 })
}

test('the types of koya.auth', () => expect([typeTests, withoutUsers]).toHaveLength(2))
