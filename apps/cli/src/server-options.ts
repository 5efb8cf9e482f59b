import { type Command, InvalidArgumentError } from 'commander'

/** Options that `dev` and `start` share. */
export interface ServerOptions {
  readonly dir?: string
  readonly port?: number
  readonly host?: string
  readonly verbose?: true
  /** Commander makes false of --no-hooks. */
  readonly hooks: boolean
}

/** Adds `--port`, `--host`, `--no-hooks` and `--verbose`. */
export function withServerOptions(command: Command): Command {
  return command
    .option(
      '--port <port>',
      'the port to listen on (default: server.port of koyalite.yaml, 8090); 0 picks a free port',
      parsePort,
    )
    .option('--host <address>', 'the address to listen on (default: server.host, 127.0.0.1)')
    .option('--no-hooks', 'do not run the files of hooks/: writes do without what they check and set')
    .option('--verbose', 'print the log, including every request')
}

/** The settings that the options stand for. */
export function settingOverrides({ port, host, hooks }: ServerOptions): Record<string, string> {
  return {
    ...(port === undefined ? {} : { 'server.port': String(port) }),
    ...(host === undefined ? {} : { 'server.host': host }),
    ...(hooks ? {} : { 'hooks.enabled': 'false' }),
  }
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('Expected a number from 0 to 65535.')
  return port
}
