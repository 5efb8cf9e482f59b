import type { PushJobInput } from '@koyalite/client/admin'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { jsonOption } from '../json-option'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { readInputBytes } from '../read-input'
import { note, print, printJson } from '../terminal'

const EXAMPLES = `koyalite jobs push send-digest --payload '{"week":49}'
koyalite jobs push send-digest --payload @digest.json --delay 10m
koyalite jobs push rebuild-index --key rebuild --on-conflict rerun`

type Conflict = NonNullable<PushJobInput['body']['on_conflict']>

interface Options {
  readonly dir?: string
  readonly payload: string
  readonly delay?: string
  readonly runAt?: string
  readonly priority?: number
  readonly key?: string
  readonly onConflict?: Conflict
  readonly keyFor?: string
  readonly group?: string
  readonly json?: true
}

const CONFLICTS: readonly Conflict[] = ['keep', 'replace', 'rerun']

export function jobsPushCommand(): Command {
  return projectCommand('push', 'push a job: a function with a queue runs it as soon as it can', EXAMPLES)
    .argument('<name>', 'a function whose manifest has a queue')
    .option('--payload <json>', 'its input: JSON, @file, or - for standard input', '{}')
    .addOption(new Option('--delay <duration>', 'wait before it runs, like 10m').conflicts('runAt'))
    .option('--run-at <time>', 'run it at that time or later, like 2026-12-24T18:00:00Z')
    .option('--priority <n>', 'from -10 to 10, higher ones first; one that waits rises by 1 a minute', parsePriority)
    .option('--key <key>', 'unique among jobs of this function that wait or run')
    .addOption(
      new Option(
        '--on-conflict <what>',
        'where a job has that key: keep it; replace what it is given; or rerun it, once more if it runs (default: keep)',
      ).choices(CONFLICTS),
    )
    .option('--key-for <duration>', 'keep the key for that long after the push, even once the job is done')
    .option('--group <group>', 'jobs of one group run one after the other')
    .option('--json', 'print {"id","created"}; created is false where a job has its key')
    .action(async (name: string, { dir, payload, json, ...options }: Options) => {
      const body = bodyOf(name, payload, options)
      const { live, ...pushed } = await withProject(dir, async (project) => ({
        ...(await adminOf(project).pushJob({ body })),
        live: project.live,
      }))
      if (json === true) return printJson(pushed)
      print(pushed.created ? `Pushed ${name} ${pushed.id}.` : conflictText(pushed.id, options.onConflict ?? 'keep'))
      if (pushed.created && !live) note('No server runs this project at the moment: the job waits for one.')
    })
}

function bodyOf(
  name: string,
  payload: string,
  { runAt, onConflict, keyFor, ...same }: Omit<Options, 'dir' | 'payload' | 'json'>,
): PushJobInput['body'] {
  return {
    ...{ name, payload: jsonOption('--payload', new TextDecoder().decode(readInputBytes(payload))) },
    ...same,
    ...(runAt !== undefined && { run_at: runAt }),
    ...(onConflict !== undefined && { on_conflict: onConflict }),
    ...(keyFor !== undefined && { key_for: keyFor }),
  }
}

/** What became of a push where a job has its key already. */
function conflictText(id: string, onConflict: Conflict): string {
  const job = id === '' ? 'A job of somebody else' : `Job ${id}`
  switch (onConflict) {
    case 'keep':
      return `${job} has this key; nothing was pushed.`
    case 'replace':
      return `${job} has this key; it runs with this payload now.`
    case 'rerun':
      return `${job} has this key; if it is running, it runs once more afterwards, with this payload.`
  }
}

function parsePriority(text: string): number {
  const priority = Number(text)
  if (!/^-?\d{1,2}$/.test(text) || Math.abs(priority) > 10)
    throw new InvalidArgumentError('Expected a whole number from -10 to 10.')
  return priority
}
