import { AppError } from '@koyalite/contracts'
import { type AuthContext, audit, charge, type Visit } from '../../auth-context'
import { insertAccount } from '../../store/accounts'
import { type SignIn, signInUser } from '../sign-in/sign-in-user'
import { placeholderEmail } from './placeholder-email'
import { requireOpenRegistration } from './require-open-registration'

/** Makes a user without credentials, for as long as the session lasts or until they register. Throws FORBIDDEN, VALIDATION_ERROR, RATE_LIMITED. */
export async function registerAnonymous(context: AuthContext, visit: Visit, input: unknown): Promise<SignIn> {
  requireOpenRegistration(context)
  charge(context, visit, { name: 'register', rate: context.settings.auth.rate_limit.register })
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new AppError('VALIDATION_ERROR', 'Send an object with fields of the user, or no body.')
  }
  if (Object.hasOwn(input, 'email')) {
    const message = 'an anonymous user has no email; register instead'
    throw new AppError('VALIDATION_ERROR', message, { details: [{ field: 'email', code: 'read_only', message }] })
  }
  const create = context.users.create({
    fields: input as Record<string, unknown>,
    by: 'own',
    server: { email: placeholderEmail() },
    visit,
  })
  const { value } = await context.database.write((tx) => {
    const userId = create(tx)
    insertAccount(tx, { userId, password: null, anonymous: true, at: visit.time })
    audit(context, tx, visit, {
      event: 'auth.registered',
      target: { kind: 'user', id: userId },
      details: { anonymous: true },
    })
    return signInUser(context, tx, { userId, method: 'anonymous', visit })
  })
  return value
}
