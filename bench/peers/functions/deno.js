// The least that answers a call in Deno.
Deno.serve({ port: Number(Deno.args[0]), hostname: '127.0.0.1', onListen() {} }, async (request) => {
  const { name } = await request.json()
  return Response.json({ message: `Hello ${name}` })
})
