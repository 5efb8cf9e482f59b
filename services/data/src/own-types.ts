import { AppError, type ErrorDetail } from '@koyalite/contracts'
import type { Field } from '@koyalite/schema'
import type { InputTarget, JsonObject } from './document-input'

/**
 * What the code of the project has against values of its own types. It is asked only of values that are valid for their base: it may rely on that.
 * Throws UNAVAILABLE where there is no such code: what nobody can judge is refused.
 * @param found violations that are known already
 */
export function ownTypeViolations(
  { model, context }: Pick<InputTarget, 'model' | 'context'>,
  values: JsonObject,
  found: readonly ErrorDetail[],
): readonly ErrorDetail[] {
  if (model.ownTyped.length === 0) return []
  const wrong = new Set(found.map(({ field }) => field.split('.', 1)[0]))
  return model.ownTyped.flatMap((field) => {
    const value = values[field.name]
    if (value === undefined || value === null || wrong.has(field.name)) return []
    const message = validatorOf(context, field)(value)
    return message === null ? [] : [{ field: field.name, code: 'validate', message: `${field.name}: ${message}` }]
  })
}

function validatorOf({ validators }: InputTarget['context'], { name, ownType }: Field) {
  const validator = ownType && validators.of(ownType.validate)
  if (validator) return validator
  const message = `${name} cannot be written now: no hook supplies the validator '${ownType?.validate}' of its type '${ownType?.name}'.`
  throw new AppError('UNAVAILABLE', message)
}
