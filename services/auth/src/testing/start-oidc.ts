import { join } from 'node:path'

/** A real OpenID provider in another process. */
export interface OidcProcess {
  readonly issuer: string
  stop(): Promise<void>
}

export async function startOidc(client: {
  readonly id: string
  readonly secret: string
  readonly redirectUri: string
}): Promise<OidcProcess> {
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, 'oidc-server.ts'), client.id, client.secret, client.redirectUri],
    {
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    },
  )
  let output = ''
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += chunk
    const issuer = /http:\/\/\S+\n/.exec(output)?.[0].trim()
    if (issuer !== undefined) {
      return {
        issuer,
        async stop() {
          child.kill()
          await child.exited
        },
      }
    }
  }
  throw new Error(`the provider did not start: ${output}${await new Response(child.stderr).text()}`)
}
