/**
 * The collections of the project: `koyalite generate` writes `generated/functions.d.ts`, which adds them.
 *
 * ```ts
 * import type { KoyaliteSchema } from './koyalite'
 * declare module '@koyalite/functions' {
 *   interface FunctionSchema extends KoyaliteSchema {}
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface FunctionSchema {}

/** The functions of the project, for `ctx.functions.call`: `publish: { input: { post_id: string }; output: { slug: string } }`. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface FunctionTypes {}

/** The templates of emails of the project, for `ctx.mail.send`: `welcome: { name: string }`. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface EmailTemplates {}
