import { basename, join } from 'node:path'
import { printableText } from '@koyalite/contracts'
import type { AdoptedProject } from '@koyalite/server'
import { formatCount, paint } from '../terminal'
import { type CreatedProject, requireFreeFolder, writeProject } from './create-project'
import { COMMON_FILES, forEditors } from './templates'

export interface AdoptedFile extends CreatedProject {
  readonly collections: AdoptedProject['collections']
  readonly findings: AdoptedProject['findings']
  readonly encrypted: boolean
}

/** Makes a project of an SQLite file. Throws a CommandError where the folder is in use, a ProjectError where the file cannot be adopted. */
export async function adoptFile(options: {
  readonly from: string
  readonly dir: string
  readonly key: string | undefined
  readonly force: boolean
}): Promise<AdoptedFile> {
  const { from, dir, key, force } = options
  // A file that lies where its project shall be is not in the way of it.
  requireFreeFolder(dir, force, from)
  const { adoptProject } = await import('@koyalite/server')
  const { schema, collections, findings, encrypted } = await adoptProject({ from, dir, key })
  const text = forEditors(`${heading(from, findings)}${schema}`)
  return { ...writeProject(dir, { 'schema.yaml': text, ...COMMON_FILES }), collections, findings, encrypted }
}

/** What was taken over, and what was not. */
export function adoptionLines({ collections, findings, encrypted }: AdoptedFile): readonly string[] {
  const left = findings.filter(({ kind }) => kind === 'left')
  const notes = findings.filter(({ kind }) => kind === 'note')
  return [
    '',
    ...collections.map(({ name, table, documents }) => {
      const count = `${formatCount(documents)} ${documents === 1 ? 'document' : 'documents'}`
      return `${paint('green', '✓')} ${name}${name === table ? '' : paint('dim', ` (${table})`)}  ${count}`
    }),
    ...(left.length > 0 ? ['', 'Not part of the API:', ...left.map(line)] : []),
    ...(notes.length > 0 ? ['', 'Notes:', ...notes.map(line)] : []),
    '',
    'There are no rules yet: only operators and service keys have access.',
    `The original file was not changed: the project has its own copy, ${join('data', 'koyalite.db')}.`,
    ...(encrypted ? ['The copy is encrypted with the same key: set database.encryption_key in koyalite.yaml.'] : []),
  ]
}

function line({ subject, message }: AdoptedProject['findings'][number]): string {
  return `  ${subject.replaceAll('\n', '\\n').replaceAll('\t', '\\t')} ${message}`
}

function heading(from: string, findings: AdoptedProject['findings']): string {
  const comment = [
    `Adopted from ${basename(from)}. Without rules only operators and service keys may use the API.`,
    ...findings.map(({ subject, message }) => `${subject} ${message}`),
  ]
  return comment.map((text) => `# ${printableText(text.replace(/\s+/g, ' '))}\n`).join('')
}
