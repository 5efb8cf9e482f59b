/**
 * The validator tries to compile code, and asks for it when it is loaded; our policy refuses that, and browsers report each refusal to whoever listens.
 * Imported before anything else, since it reads this once.
 */
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } })
