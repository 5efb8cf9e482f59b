import { isUsers } from '@koyalite/schema'
import { authTypes } from './auth-types'
import { collectionClasses } from './collection-classes'
import { collectionInfo, documentClass } from './documents'
import { inputTypes } from './inputs'
import type { PythonCollection } from './python-collection'

/** The module of one collection. */
export function collectionFile(python: PythonCollection): string {
  // All of them before the imports and named types that they ask for.
  const parts = [
    documentClass(python),
    ...inputTypes(python),
    ...collectionClasses(python),
    ...(isUsers(python.collection) ? authTypes(python) : []),
    collectionInfo(python),
  ]
  const head = `from __future__ import annotations\n\n${python.imports.text}`
  return joined(head, [...python.types.declarations, ...parts])
}

/** Two empty lines between parts; after imports one, unless a class follows. */
export function joined(imports: string, parts: readonly string[]): string {
  return imports + (/^(?:@|class )/.test(parts[0] ?? '') ? '\n\n' : '\n') + parts.join('\n\n')
}
