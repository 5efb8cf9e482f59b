import type { OperatorRole } from '@koyalite/contracts'
import { type AuthTester, PASSWORD } from './start-auth'

/** An operator with a role, signed in. */
export async function makeOperator(auth: AuthTester, role: OperatorRole) {
  const email = `${role}@example.com`
  const made = await auth.post('/api/admin/operators', { email, role, password: PASSWORD }, { system: true })
  const { body } = await auth.post('/api/admin/login', { email, password: PASSWORD })
  return {
    id: made.body.id as string,
    email,
    token: body.access_token as string,
    refresh: body.refresh_token as string,
  }
}
