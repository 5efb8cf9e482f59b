export { type AppliedSchema, applySchema } from './operations/apply-schema'
