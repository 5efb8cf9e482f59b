declare module '*.py' {
  const text: string
  export = text
}
