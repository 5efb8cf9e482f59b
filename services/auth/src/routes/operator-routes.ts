import type { Route } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import { changeOperator, createOperator, deleteOperator, listOperators } from '../operations/manage-operators'
import { operatorLogin } from '../operations/operator-login'
import {
  changeOperatorPassword,
  chooseOperatorPassword,
  resetOperatorPassword,
  setUpFirstOperator,
} from '../operations/operator-password'
import { createAnswers } from './answers'
import { named, withBody, withId, withIdAndBody, withIdAndOptionalBody } from './operation'

/** Operators: how they sign in, and who they are. Who may is decided in the operations. */
export function operatorRoutes(context: AuthContext): readonly Route[] {
  const { accepted, empty, json, session } = createAnswers(context)
  return [
    {
      method: 'POST',
      path: '/api/admin/login',
      summary: 'Sign in as an operator',
      handle: session(200, withBody(operatorLogin)),
    },
    {
      method: 'POST',
      path: '/api/admin/setup',
      summary: 'Become the first operator',
      handle: session(201, withBody(setUpFirstOperator)),
    },
    {
      method: 'POST',
      path: '/api/admin/password',
      summary: 'Choose a password as an operator, under a link',
      handle: accepted(withBody(chooseOperatorPassword)),
    },
    {
      method: 'POST',
      path: '/api/admin/password/change',
      summary: 'Change the password of the operator who is signed in',
      handle: accepted(withBody(changeOperatorPassword)),
    },
    {
      method: 'GET',
      path: '/api/admin/operators',
      summary: 'Operators',
      handle: json(200, named('operators', listOperators)),
    },
    {
      method: 'POST',
      path: '/api/admin/operators',
      summary: 'Make an operator',
      handle: json(201, withBody(createOperator)),
    },
    {
      method: 'PATCH',
      path: '/api/admin/operators/:id',
      summary: 'Change role or standing of an operator',
      handle: json(200, withIdAndBody(changeOperator)),
    },
    {
      method: 'DELETE',
      path: '/api/admin/operators/:id',
      summary: 'Remove an operator',
      handle: empty(withId(deleteOperator)),
    },
    {
      method: 'POST',
      path: '/api/admin/operators/:id/reset-password',
      summary: 'A new password for an operator',
      handle: json(200, withIdAndOptionalBody(resetOperatorPassword)),
    },
  ]
}
