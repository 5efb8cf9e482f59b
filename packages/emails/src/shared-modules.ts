/**
 * What templates may import without installing anything: names as they are imported, and what of `SHARED` in program/main.ts stands for each. A template and what renders it
 * must have the same React, so nothing that a project has installed takes the place of these.
 */
const SHARED_MODULES = {
  react: 'react',
  'react/jsx-runtime': 'jsxRuntime',
  'react/jsx-dev-runtime': 'jsxDevRuntime',
  'react-dom': 'reactDom',
  'react-dom/server': 'reactDomServer',
  '@react-email/render': 'render',
  // Each component is a package of its own, too.
  '@react-email/*': 'components',
} as const satisfies Readonly<Record<string, string>>

export type SharedName = (typeof SHARED_MODULES)[keyof typeof SHARED_MODULES]

/** Where the program puts them for the bundles of templates. */
export const SHARED_KEY = 'koyalite.emails'

/** The files that stand for them in bundles: texts by name, and the file of each import. */
export function sharedFiles(): {
  readonly files: Readonly<Record<string, string>>
  readonly imports: Readonly<Record<string, string>>
} {
  const entries = Object.entries(SHARED_MODULES)
  const fileOf = (name: string) => `${name}.cjs`
  const textOf = (name: string) => `module.exports = globalThis[Symbol.for('${SHARED_KEY}')].${name}\n`
  return {
    files: Object.fromEntries(entries.map(([, name]) => [fileOf(name), textOf(name)])),
    imports: Object.fromEntries(entries.map(([specifier, name]) => [specifier, fileOf(name)])),
  }
}
