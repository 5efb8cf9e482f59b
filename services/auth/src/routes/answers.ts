import type { Route } from '@koyalite/kernel'
import { type AuthContext, visitOf } from '../auth-context'
import { ACCEPTED, jsonAnswer, NO_CONTENT, textAnswer } from '../json-answer'
import type { OpenSession } from '../operations/begin-session'
import type { SignIn } from '../operations/sign-in-user'
import type { Operation } from './operation'
import { sessionAnswer, signInAnswer, wantsCookies } from './sign-in-answer'

type Handle = Route['handle']

/** How what an operation gives is answered. */
export interface Answers {
  /** As JSON. */
  json(status: number, operation: Operation<unknown>): Handle
  /** It is JSON text already. */
  text(status: number, operation: Operation<string>): Handle
  /** Nothing: 204. */
  empty(operation: Operation<void>): Handle
  /** Only that it was taken up. */
  accepted(operation: Operation<void>): Handle
  /** A session, or the question for a second factor. Null, where nobody signs in yet: only that it was taken up. */
  signIn(status: number, operation: Operation<SignIn | null>): Handle
  session(status: number, operation: Operation<OpenSession>): Handle
}

export function createAnswers(context: AuthContext): Answers {
  const run = <T>(operation: Operation<T>, request: Parameters<Handle>[0]): T | Promise<T> =>
    operation(context, visitOf(context, request), request)
  return {
    json: (status, operation) => async (request) => jsonAnswer(status, await run(operation, request)),
    text: (status, operation) => async (request) => textAnswer(status, await run(operation, request)),
    empty: (operation) => async (request) => {
      await run(operation, request)
      return NO_CONTENT
    },
    accepted: (operation) => async (request) => {
      await run(operation, request)
      return ACCEPTED
    },
    signIn: (status, operation) => async (request) => {
      const signIn = await run(operation, request)
      return signIn === null ? ACCEPTED : signInAnswer(context, status, signIn, wantsCookies(request))
    },
    session: (status, operation) => async (request) =>
      sessionAnswer(context, status, await run(operation, request), wantsCookies(request)),
  }
}
