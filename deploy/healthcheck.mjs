// Exit 0 when this program's HTTP says that it is ready, 1 otherwise: for images, which have no curl. Reads HOST and PORT as the program
// does; an address may be given instead.
const { HOST: host = '127.0.0.1', PORT: port = '8000' } = process.env
const near = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
const address = process.argv[2] ?? `http://${near.includes(':') ? `[${near}]` : near}:${port}/health/ready`

try {
  const answer = await fetch(address, { signal: AbortSignal.timeout(4000) })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
} catch (error) {
  console.error(`not ready: ${error.cause?.code ?? error.message}`)
  process.exitCode = 1
}
