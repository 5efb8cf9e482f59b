declare module '*.go' {
  const text: string
  export = text
}
