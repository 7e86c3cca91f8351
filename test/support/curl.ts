import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'

/** One request as a person types it into a shell; `$api` is the address of the program. Rejects when curl itself fails. */
export async function curl(api: string, command: string): Promise<{ status: number; body: string }> {
  const { stdout } = await promisify(execFile)('sh', ['-c', `curl -sS -w '\\n%{http_code}' ${command}`], {
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'], api },
  })
  const at = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(at + 1)), body: stdout.slice(0, at) }
}
