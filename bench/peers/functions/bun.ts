// The least that answers a call in Bun.
Bun.serve({
  port: Number(process.argv[2]),
  hostname: '127.0.0.1',
  async fetch(request) {
    const { name } = (await request.json()) as { readonly name: string }
    return Response.json({ message: `Hello ${name}` })
  },
})
