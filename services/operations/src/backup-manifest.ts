import { z } from 'zod'

export const MANIFEST_FILE = 'manifest.json'
/** The database inside of a backup. */
export const DATABASE_FILE = 'koyalite.db'

const MANIFEST = z.object({
  format: z.literal(1),
  /** Version of KoyaLite that wrote it. */
  version: z.string(),
  /** The project's name. */
  name: z.string(),
  created_at: z.string(),
  /** State of the database that it holds. */
  epoch: z.string().nullable(),
  seq: z.number(),
  encrypted: z.boolean(),
  /** SHA-256 of the schema that its tables have. */
  schema: z.string(),
  /** Every file but this one: paths with `/`, sizes in bytes, SHA-256 as hex. */
  files: z.array(
    z.object({
      path: z.string().refine((path) => !path.startsWith('/') && !path.split(/[/\\]/).includes('..')),
      bytes: z.number(),
      sha256: z.string(),
    }),
  ),
})

/** What a backup says of itself. It is written last, so that a backup without one is none. */
export type BackupManifest = z.infer<typeof MANIFEST>

/** Null: the text is not a manifest that this version can read. */
export function parseManifest(text: string): BackupManifest | null {
  try {
    return MANIFEST.parse(JSON.parse(text))
  } catch {
    return null
  }
}
