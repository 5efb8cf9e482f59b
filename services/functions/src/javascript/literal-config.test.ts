import { expect, test } from 'bun:test'
import { literalConfig } from './literal-config'

test.each([
  [`export const config = { runtime: 'node' }\n`, { runtime: 'node' }],
  [
    `import a from 'b'\nexport const config: FunctionConfig = {\n  runtime: "deno", // } of the text\n};`,
    { runtime: 'deno' },
  ],
  [
    `/** Says { */\nexport const config = { access: 'doc.a == "}"', /* { */ env: { A: '\${A}' }, list: ['a\\'b', 1.5, true,], } as const`,
    { access: 'doc.a == "}"', env: { A: '${A}' }, list: ["a'b", 1.5, true] },
  ],
  ['export const config = {} satisfies FunctionConfig', {}],
])('%j', (source, config) => {
  expect(literalConfig(source)).toEqual(config)
})

test.each([
  ['', 'no config'],
  [`const config = { runtime: 'node' }`, 'not exported'],
  [`export const config = { runtime: NODE }`, 'a variable'],
  ['export const config = { runtime: `node` }', 'a template'],
  [`export const config = { ...shared, runtime: 'node' }`, 'a spread'],
  [`export const config = make({ runtime: 'node' })`, 'a call'],
  [`export const config = { runtime: 'node'`, 'no end'],
  [`  export const config = { runtime: 'node' }`, 'not at the beginning of a line'],
  [`export const config = { a: ${'{ a: '.repeat(20_000)}`, 'too much'],
])('is none: %.60s', (source) => {
  expect(literalConfig(source)).toBeUndefined()
})
