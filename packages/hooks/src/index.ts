export { isKoyaError, KoyaError, type KoyaErrorOptions } from '@koyalite/functions'
export { type CollectionHookDefinitions, defineHooks, type HookDefinitions, type ProjectSchema } from './define-hooks'
export type * from './hook-context'
export type { Wire } from './wire'
