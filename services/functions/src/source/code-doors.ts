import type { CodeDoors } from '@koyalite/contracts'
import type { Schema } from '@koyalite/schema'
import { compileAccess } from './manifest/compile-access'
import { parseFunctionSchema } from './schema/function-schema'
import { openApiSchema } from './schema/openapi-schema'

/** Where code has an expression, only the place within it is known. */
const START = { line: 1, column: 1 }

/** `access`, `input` and `output` of functions for other code of the project. */
export function codeDoors(schema: () => Schema): CodeDoors {
  return {
    access(source) {
      const compiled = compileAccess({ source, position: START }, schema(), { file: '', isCode: true })
      if (!compiled.ok)
        return { ok: false, problems: compiled.problems.map(({ message }) => message.replace(/^config: /, '')) }
      return { ok: true, allows: (...asked) => compiled.allows(...asked) === 'allowed' }
    },
    schema(written, role) {
      const parsed = parseFunctionSchema(written, role)
      if (!parsed.ok) return parsed
      const { jsonSchema, violations } = parsed.schema
      return { ok: true, schema: { violations, component: (name) => openApiSchema(jsonSchema, name) } }
    },
  }
}
