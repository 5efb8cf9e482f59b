/** A sign-in that is about to begin at a provider. State, PKCE and nonce are made, kept and checked by the server. */
export interface ProviderBegin {
  /** The provider has to send it back with the browser, as the parameter `state`. */
  readonly state: string
  readonly nonce: string
  /** SHA-256 of the verifier, in base64url (`code_challenge`, S256). */
  readonly codeChallenge: string
  /** Where the provider sends the browser back to. */
  readonly callbackUrl: string
}

/** A browser that a provider has sent back, to where it began and with the state that it was sent with. */
export interface ProviderCallback {
  readonly parameters: Readonly<Record<string, string>>
  readonly codeVerifier: string
  readonly nonce: string
  readonly callbackUrl: string
}

/** A provider of accounts that is code of the project. */
export interface CodedProvider {
  readonly name: string
  /** For people. */
  readonly label: string
  /** It sends the browser back with a form that is posted. */
  readonly formPost: boolean
  /** The address to send the browser to. Rejects with an AppError. */
  begin(input: ProviderBegin): Promise<string>
  /** `{ id, email, verified, fields }`: nothing of it is believed before it is checked. Rejects with an AppError. */
  callback(input: ProviderCallback): Promise<unknown>
}
