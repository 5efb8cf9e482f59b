import { Command } from 'commander'
import { CommandError } from '../command-error'
import { withExample } from '../project-command'
import { print } from '../terminal'

const TIMEOUT_MS = 3_000

/** For container engines and supervisors: an image of nothing but the executable has no other program to ask with. */
export function healthCommand(): Command {
  const command = new Command('health')
    .description('check whether a server is ready; exits with 0 if it is')
    .argument('[url]', 'the URL of the server', 'http://127.0.0.1:8090')
    .action(async (url: string) => {
      const response = await ask(`${url.replace(/\/$/, '')}/health/ready`)
      if (response !== 200) throw new CommandError(`${url} is not ready: ${response}`)
      print('ready')
    })
  return withExample(command, 'koyalite health http://127.0.0.1:8090')
}

async function ask(url: string): Promise<number | string> {
  if (!URL.canParse(url)) throw new CommandError(`'${url}' is not a URL`, { exitCode: 2 })
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })).status
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: unknown }
    return code === 'ECONNREFUSED' || code === 'ConnectionRefused' ? 'connection refused' : message
  }
}
