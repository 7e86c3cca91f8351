/** A way to send a message, ready to be pasted. */
export interface Command {
  id: 'curl' | 'python' | 'javascript' | 'shell' | 'cron'
  /** Not translated: names of tools. */
  label: string
  text: string
}

/**
 * @param origin Where the API is, without a slash at its end.
 * @param token Only of `A-Za-z0-9_`, so it needs no quotation marks anywhere.
 * @param hello What the message says; a plain sentence without quotation marks, backslashes, `%` and `$`.
 */
export function commandsFor({ origin, token, hello }: { origin: string; token: string; hello: string }): Command[] {
  const publish = `${origin}/s/${token}`
  return [
    { id: 'curl', label: 'curl', text: `curl -d "${hello}" ${publish}` },
    { id: 'python', label: 'Python', text: python(origin, token, hello) },
    { id: 'javascript', label: 'JavaScript', text: javascript(origin, token, hello) },
    { id: 'shell', label: 'Shell', text: shell(publish) },
    { id: 'cron', label: 'cron', text: cron(publish) },
  ]
}

function python(origin: string, token: string, hello: string): string {
  return `import json, urllib.request

request = urllib.request.Request(
    "${origin}/v1/messages",
    data=json.dumps({"text": "${hello}"}).encode(),
    headers={"Authorization": "Bearer ${token}", "Content-Type": "application/json"},
)
with urllib.request.urlopen(request) as answer:
    print(json.load(answer)["status"])`
}

function javascript(origin: string, token: string, hello: string): string {
  return `const answer = await fetch('${origin}/v1/messages', {
  method: 'POST',
  headers: { authorization: 'Bearer ${token}', 'content-type': 'application/json' },
  body: JSON.stringify({ text: '${hello}' }),
})
console.log(answer.status, await answer.json())`
}

/** As plain text, whatever stands in it; standard input when there are no words. */
function shell(publish: string): string {
  return `notify() { if [ $# -gt 0 ]; then printf %s "$*"; else cat; fi | curl -fsS -o /dev/null -H 'Content-Type: text/plain' --data-binary @- ${publish}; }

notify "$(hostname): disk is at $(df -P / | awk 'NR==2 {print $5}')"
make 2>&1 | tail -20 | notify`
}

/** In a crontab a bare % is a line break. */
function cron(publish: string): string {
  return `0 3 * * * if /usr/local/bin/backup; then s=done; else s=FAILED; fi; curl -fsS -o /dev/null -d "backup $s" ${publish}`
}
