import type { Route } from '@koyalite/kernel'
import { type AuthContext, visitOf } from '../auth-context'
import {
  changeOperator,
  changeOperatorInput,
  createOperator,
  createOperatorInput,
  deleteOperator,
  listOperators,
  removeOperatorMfa,
} from '../operations/operators/manage-operators'
import { operatorLogin, operatorLoginInput } from '../operations/operators/operator-login'
import {
  changeOperatorPassword,
  changeOperatorPasswordInput,
  chooseOperatorPassword,
  chooseOperatorPasswordInput,
  resetOperatorPassword,
  resetOperatorPasswordInput,
  setUpFirstOperator,
  setupInput,
} from '../operations/operators/operator-password'
import { endOperatorSession, renewOperatorSession } from '../operations/operators/operator-session'
import { OPERATOR_COOKIE } from './cookies'
import { named, withBody, withId, withIdAndBody, withIdAndOptionalBody } from './operation'
import * as answer from './response-schemas'
import { createAnswers } from './responses'
import { cookieAnswer, withoutCookies } from './session-response'

/** Operators: how they sign in, and who they are. Who may is decided in the operations. */
export function operatorRoutes(context: AuthContext): readonly Route[] {
  const { accepted, empty, json, session, signIn } = createAnswers(context)
  return [
    {
      method: 'POST',
      path: '/api/admin/login',
      credentials: 'optional',
      summary: 'Sign in as an operator',
      body: operatorLoginInput,
      responses: { 200: answer.operatorSignInAnswer },
      handle: signIn(200, withBody(operatorLogin)),
    },
    {
      method: 'POST',
      path: '/api/admin/session',
      credentials: 'optional',
      summary: "Renew the session of an operator's cookie; gives what writes have to repeat",
      responses: { 200: answer.operatorSessionAnswer },
      handle: async (request) => {
        const renewed = await renewOperatorSession(context, visitOf(context, request), request)
        return cookieAnswer(context, 200, renewed, null)
      },
    },
    {
      method: 'DELETE',
      path: '/api/admin/session',
      credentials: 'optional',
      summary: "End the session of an operator's cookie",
      responses: { 204: null },
      handle: async (request) => {
        await endOperatorSession(context, visitOf(context, request), request)
        return withoutCookies(context, [OPERATOR_COOKIE])
      },
    },
    {
      method: 'POST',
      path: '/api/admin/setup',
      credentials: 'optional',
      summary: 'Become the first operator',
      body: setupInput,
      responses: { 201: answer.operatorSessionAnswer },
      handle: session(201, withBody(setUpFirstOperator)),
    },
    {
      method: 'POST',
      path: '/api/admin/password',
      credentials: 'optional',
      summary: 'Choose a password as an operator, under a link',
      body: chooseOperatorPasswordInput,
      responses: { 200: answer.acceptedAnswer },
      handle: accepted(withBody(chooseOperatorPassword)),
    },
    {
      method: 'POST',
      path: '/api/admin/password/change',
      summary: 'Change the password of the operator who is signed in',
      body: changeOperatorPasswordInput,
      responses: { 200: answer.acceptedAnswer },
      handle: accepted(withBody(changeOperatorPassword)),
    },
    {
      method: 'GET',
      path: '/api/admin/operators',
      summary: 'Operators',
      responses: { 200: answer.operatorsAnswer },
      handle: json(200, named('operators', listOperators)),
    },
    {
      method: 'POST',
      path: '/api/admin/operators',
      summary: 'Make an operator',
      body: createOperatorInput,
      responses: { 201: answer.createdOperatorAnswer },
      handle: json(201, withBody(createOperator)),
    },
    {
      method: 'PATCH',
      path: '/api/admin/operators/:id',
      summary: 'Change role or standing of an operator',
      body: changeOperatorInput,
      responses: { 200: answer.operatorAnswer },
      handle: json(200, withIdAndBody(changeOperator)),
    },
    {
      method: 'DELETE',
      path: '/api/admin/operators/:id',
      summary: 'Remove an operator',
      responses: { 204: null },
      handle: empty(withId(deleteOperator)),
    },
    {
      method: 'DELETE',
      path: '/api/admin/operators/:id/mfa',
      summary: 'Take away a second factor that an operator has lost',
      responses: { 204: null },
      handle: empty(withId(removeOperatorMfa)),
    },
    {
      method: 'POST',
      path: '/api/admin/operators/:id/reset-password',
      summary: 'A new password for an operator',
      body: resetOperatorPasswordInput,
      responses: { 200: answer.linkAnswer },
      handle: json(200, withIdAndOptionalBody(resetOperatorPassword)),
    },
  ]
}
