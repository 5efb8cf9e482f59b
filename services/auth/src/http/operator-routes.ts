import { admin, operators } from '@koyalite/access'
import { ANYONE } from '@koyalite/contracts'
import { type Route, reply, route } from '@koyalite/kernel'
import { OPERATORS_AREA } from '../admin-areas'
import type { AuthContext } from '../auth-context'
import {
  changeOperator,
  changeOperatorInput,
  createOperator,
  createOperatorInput,
  deleteOperator,
  endOperatorSessions,
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
import { operatorProofInput, proveOperator } from '../operations/operators/operator-proof'
import { accepted } from './accepted'
import { clearedCookies, OPERATOR_COOKIE } from './cookies'
import { endOperatorCookie, renewOperatorCookie } from './operator-cookie'
import { requestContexts } from './request-context'
import * as response from './response-schemas'
import { cookieReply, opensSession, sessionReply, signInReply } from './sign-in-reply'

/** Operators: how they sign in, and who they are. */
export function operatorRoutes(context: AuthContext): readonly Route[] {
  const requestOf = requestContexts(context)
  return [
    route({
      method: 'POST',
      path: '/api/admin/login',
      name: 'loginOperator',
      summary: 'Sign in as an operator',
      access: ANYONE,
      credentials: 'optional',
      ...opensSession(context),
      body: operatorLoginInput,
      responses: { 200: response.operatorSignIn },
      handle: (call) => signInReply(context, call, 200, () => operatorLogin(context, requestOf(call), call.body)),
    }),
    route({
      method: 'POST',
      path: '/api/admin/session',
      name: 'renewOperatorSession',
      summary: 'Refresh the cookie session of an operator; returns the CSRF token',
      access: ANYONE,
      credentials: 'optional',
      responses: { 200: response.operatorSession },
      handle: async (call) => cookieReply(context, 200, await renewOperatorCookie(context, call), null),
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/session',
      name: 'logoutOperator',
      summary: 'End the cookie session of an operator',
      access: ANYONE,
      credentials: 'optional',
      responses: { 204: null },
      async handle(call) {
        await endOperatorCookie(context, call)
        return reply(204, null, { cookies: clearedCookies(context, [OPERATOR_COOKIE]) })
      },
    }),
    route({
      method: 'POST',
      path: '/api/admin/session/proof',
      name: 'proveOperator',
      summary: 'Confirm that it is still you, with a code of your second factor, or your password where you have none',
      access: operators,
      body: operatorProofInput,
      responses: { 200: response.operatorProof },
      handle: (call) => proveOperator(context, requestOf(call), call.body),
    }),
    route({
      method: 'POST',
      path: '/api/admin/setup',
      name: 'setUpFirstOperator',
      summary: 'Become the first operator',
      access: ANYONE,
      credentials: 'optional',
      ...opensSession(context, 'operator'),
      body: setupInput,
      responses: { 201: response.operatorSession },
      handle: async (call) =>
        sessionReply(context, 201, await setUpFirstOperator(context, requestOf(call), call.body), call.query.cookies),
    }),
    route({
      method: 'POST',
      path: '/api/admin/password',
      name: 'setOperatorPassword',
      summary: 'Set the password of an operator with the token of a link',
      access: ANYONE,
      credentials: 'optional',
      body: chooseOperatorPasswordInput,
      responses: { 200: response.accepted },
      handle: (call) => accepted(chooseOperatorPassword(context, requestOf(call), call.body)),
    }),
    route({
      method: 'POST',
      path: '/api/admin/password/change',
      name: 'changeOperatorPassword',
      summary: 'Change your own password as an operator',
      access: operators,
      body: changeOperatorPasswordInput,
      responses: { 200: response.accepted },
      handle: (call) => accepted(changeOperatorPassword(context, requestOf(call), call.body)),
    }),
    route({
      method: 'GET',
      path: '/api/admin/operators',
      name: 'listOperators',
      summary: 'Operators',
      access: admin(OPERATORS_AREA, 'read'),
      query: response.operators.query,
      responses: { 200: response.operators.response },
      handle: ({ query }) => listOperators(context, query),
    }),
    route({
      method: 'POST',
      path: '/api/admin/operators',
      name: 'createOperator',
      summary: 'Create an operator',
      access: admin(OPERATORS_AREA, 'write'),
      body: createOperatorInput,
      responses: { 201: response.createdOperator },
      handle: (call) => createOperator(context, requestOf(call), call.body),
    }),
    route({
      method: 'PATCH',
      path: '/api/admin/operators/:id',
      name: 'updateOperator',
      summary: 'Change the role of an operator, or disable one',
      access: admin(OPERATORS_AREA, 'write'),
      body: changeOperatorInput,
      responses: { 200: response.operator },
      handle: (call) => changeOperator(context, requestOf(call), call.params.id, call.body),
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/operators/:id',
      name: 'deleteOperator',
      summary: 'Delete an operator',
      access: admin(OPERATORS_AREA, 'write'),
      responses: { 204: null },
      handle: (call) => deleteOperator(context, requestOf(call), call.params.id),
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/operators/:id/mfa',
      name: 'removeOperatorMfa',
      summary: 'Remove the second factor of an operator',
      access: admin(OPERATORS_AREA, 'write'),
      responses: { 204: null },
      handle: (call) => removeOperatorMfa(context, requestOf(call), call.params.id),
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/operators/:id/sessions',
      name: 'endOperatorSessions',
      summary: 'End all sessions of an operator',
      access: admin(OPERATORS_AREA, 'write'),
      responses: { 200: response.ended },
      handle: async (call) => ({ ended: await endOperatorSessions(context, requestOf(call), call.params.id) }),
    }),
    route({
      method: 'POST',
      path: '/api/admin/operators/:id/reset-password',
      name: 'resetOperatorPassword',
      summary: 'Reset the password of an operator',
      access: admin(OPERATORS_AREA, 'write'),
      body: resetOperatorPasswordInput,
      responses: { 200: response.link },
      handle: (call) => resetOperatorPassword(context, requestOf(call), call.params.id, call.body),
    }),
  ]
}
