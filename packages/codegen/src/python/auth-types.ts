import { bases, method } from './collection-classes'
import { dictClass } from './inputs'
import { field, type PythonCollection, valueType } from './python-collection'

/** Accounts: what knows the fields of users. */
export function authTypes(python: PythonCollection): readonly string[] {
  return [profile(python), auth(python, ''), auth(python, 'Async')]
}

/** What users say of themselves. All of it may be left out: an anonymous user who registers has said it before. */
function profile({ type, fields, key, imports }: PythonCollection): string {
  const own = fields.filter((one) => one !== key && !['email', 'password'].includes(one.field.name))
  return dictClass(
    `${type}Profile`,
    [imports.use('typing', 'TypedDict'), 'total=False'],
    own.map((one) => field(one.name, valueType(one))),
  )
}

function auth({ type, imports }: PythonCollection, prefix: '' | 'Async'): string {
  const [def, wait] = prefix === 'Async' ? ['async def', 'await '] : ['def', '']
  const str = imports.use('builtins', 'str')
  const fields = `**fields: ${imports.use('typing', 'Unpack')}[${type}Profile]`
  const methods = [
    method({
      head: `${def} register(`,
      parameters: ['self', '/', `email: ${str}`, `password: ${str}`, fields],
      result: type,
      doc: 'Creates an account and signs in. Raises VerificationRequiredError where the\nmailed link creates it.',
      body: `return ${wait}self._register(email, password, fields)`,
    }),
    method({
      head: `${def} anonymous(`,
      parameters: ['self', '/', fields],
      result: type,
      doc: 'Signs in as a new user without an address; `register` makes it a full one.',
      body: `return ${wait}self._anonymous(fields)`,
    }),
    method({
      head: `${def} update(`,
      parameters: ['self', '/', fields],
      result: type,
      doc: 'Changes fields of the user who is signed in.',
      body: `return ${wait}self._update(fields)`,
    }),
  ]
  return `${bases(`class ${prefix}${type}Auth(`, [`${imports.runtime()}.${prefix}Auth[${type}]`])}${methods.join('\n')}`
}
