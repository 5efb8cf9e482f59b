import { runKoyalite } from './koyalite-command'
import type { TempProject } from './temp-project'

/**
 * A service key for a project. Its running server is asked at the socket that the command line uses, which takes a hundredth of the time; without one,
 * the command line makes the database first.
 */
export async function createKey(project: TempProject, scope = 'admin'): Promise<string> {
  const made = await askServer(project, scope)
  if (made !== null) return made
  const result = await runKoyalite(['keys', 'create', '--json', '--dir', project.dir, '--scope', scope])
  if (result.code !== 0) throw new Error(`keys create ended with ${result.code}: ${result.stderr}${result.stdout}`)
  return (JSON.parse(result.stdout) as { key: string }).key
}

/** As on the command line: `data:read=posts,comments`. */
function parseScope(text: string): object {
  const [scope, list] = text.split('=')
  if (list === undefined) return { scope }
  return { scope, [scope === 'functions:invoke' ? 'functions' : 'collections']: list.split(',') }
}

/** Null where no server runs. */
async function askServer(project: TempProject, scope: string): Promise<string | null> {
  const response = await fetch('http://localhost/api/admin/keys', {
    method: 'POST',
    unix: project.path('data/koyalite.sock'),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ scopes: [parseScope(scope)] }),
  }).catch(() => null)
  if (response === null) return null
  const body = await response.text()
  if (response.status !== 201) throw new Error(`the server made no key: ${response.status} ${body}`)
  return (JSON.parse(body) as { key: string }).key
}
