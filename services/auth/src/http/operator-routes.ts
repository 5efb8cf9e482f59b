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
      summary: 'Refresh the cookie session of an operator; returns the CSRF token',
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
      summary: 'End the cookie session of an operator',
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
      summary: 'Set the password of an operator with the token of a link',
      body: chooseOperatorPasswordInput,
      responses: { 200: answer.acceptedAnswer },
      handle: accepted(withBody(chooseOperatorPassword)),
    },
    {
      method: 'POST',
      path: '/api/admin/password/change',
      summary: 'Change your own password as an operator',
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
      summary: 'Create an operator',
      body: createOperatorInput,
      responses: { 201: answer.createdOperatorAnswer },
      handle: json(201, withBody(createOperator)),
    },
    {
      method: 'PATCH',
      path: '/api/admin/operators/:id',
      summary: 'Change the role of an operator, or disable one',
      body: changeOperatorInput,
      responses: { 200: answer.operatorAnswer },
      handle: json(200, withIdAndBody(changeOperator)),
    },
    {
      method: 'DELETE',
      path: '/api/admin/operators/:id',
      summary: 'Delete an operator',
      responses: { 204: null },
      handle: empty(withId(deleteOperator)),
    },
    {
      method: 'DELETE',
      path: '/api/admin/operators/:id/mfa',
      summary: 'Remove the second factor of an operator',
      responses: { 204: null },
      handle: empty(withId(removeOperatorMfa)),
    },
    {
      method: 'POST',
      path: '/api/admin/operators/:id/reset-password',
      summary: 'Reset the password of an operator',
      body: resetOperatorPasswordInput,
      responses: { 200: answer.linkAnswer },
      handle: json(200, withIdAndOptionalBody(resetOperatorPassword)),
    },
  ]
}
