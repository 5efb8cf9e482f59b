/** Functions that the scenarios call. */
export const FUNCTIONS: Readonly<Record<string, string>> = {
  'functions/placeOrder.ts': `import { defineFunction, KoyaError } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true' },
  input: {
    title: { type: 'string', minLength: 1, maxLength: 20 },
    at: { type: 'timestamp', optional: true },
    day: { type: 'date', optional: true },
    note: { type: 'string', optional: true, nullable: true },
    lines: { type: 'array', items: { type: 'object', properties: { pieces: 'int', price: 'float' } }, default: [] },
  },
  output: {
    title: 'string',
    at: { type: 'timestamp', nullable: true },
    day: { type: 'date', nullable: true },
    note: { type: 'string', nullable: true },
    times: { type: 'array', items: 'timestamp' },
    lines: { type: 'array', items: { type: 'object', properties: { pieces: 'int', price: 'float' } } },
  },
  handler({ title, at = null, day = null, note = null, lines }) {
    if (title === 'sold out') throw new KoyaError('SOLD_OUT', 'nothing is left', { status: 409, details: { left: 0 } })
    if (title === 'broken') throw new Error('a secret of the code')
    return { title, at, day, note, times: at === null ? [] : [at, at], lines }
  },
})
`,
  'functions/add-note.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'auth.id != null' },
  input: { text: 'string' },
  output: { texts: { type: 'array', items: 'string' } },
  async handler({ text }, ctx) {
    await ctx.db.notes.create({ text })
    return { texts: (await ctx.db.notes.list()).map((note) => note.text) }
  },
})
`,
  'functions/countUp.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true' },
  input: { title: 'string' },
  output: { type: 'string' },
  handler: async ({ title }, ctx) => (await ctx.db.posts.create({ title })).id,
})
`,
  'functions/now.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true' },
  input: {},
  output: { type: 'string', format: 'date-time' },
  handler: () => new Date('2026-01-02T03:04:05.678Z'),
})
`,
  'functions/inner.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({ handler: () => 'inner' })
`,
}
