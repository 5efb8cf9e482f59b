/** Of what Deno has, what the host uses. */
export interface DenoGlobals {
  readonly version: { readonly deno: string }
  serve(options: DenoServeOptions, handler: DenoHandler): object
  createHttpClient(options: { readonly proxy: { readonly transport: 'unix'; readonly path: string } }): object
}

export interface DenoServeOptions {
  readonly path?: string
  readonly handler?: DenoHandler
  readonly onError?: (error: unknown) => Response | Promise<Response>
  readonly onListen?: (address: DenoAddress) => void
}

export interface DenoAddress {
  readonly transport: 'tcp'
  readonly hostname: string
  readonly port: number
}

export interface DenoServeInfo {
  readonly remoteAddr: DenoAddress
  /** Rejects where the response could not be delivered as a whole. */
  readonly completed: Promise<void>
}

export type DenoHandler = (request: Request, info: DenoServeInfo) => Response | Promise<Response>

export const deno = (globalThis as unknown as { readonly Deno: DenoGlobals }).Deno
