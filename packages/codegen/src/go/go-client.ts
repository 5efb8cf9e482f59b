import { basename } from 'node:path'
import type { Schema } from '@koyalite/schema'
import { clientModel } from '../client-model'
import { goFiles } from './go-files'

/** The files of the client for Go as one package, by name. */
export function goClient(schema: Schema): ReadonlyMap<string, string> {
  return new Map([...goFiles(clientModel(schema), {}, [])].map(([path, text]) => [basename(path), text]))
}
