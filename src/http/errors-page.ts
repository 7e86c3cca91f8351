/**
 * `docs/errors.md` as a page, so that the `type` of each problem leads to its explanation. It knows what that file uses: headings,
 * paragraphs, lists and `code`.
 */
export function errorsPage(markdown: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Postrider: refusals and delivery errors</title>
<link rel="icon" href="data:,">
<style>
body { margin: 2rem auto; max-width: 46rem; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif }
h2, h3 { margin-top: 2.5rem; font-family: ui-monospace, monospace; font-size: 1.1rem }
:target { background: #fff3c4; color: #000 }
code { font-family: ui-monospace, monospace }
</style>
</head>
<body>
${markdown
  .trim()
  .split(/\n{2,}/)
  .map(block)
  .join('\n')}
</body>
</html>
`
}

function block(text: string): string {
  const heading = /^(#{1,3}) (.+)$/.exec(text)
  if (heading?.[1] && heading[2]) {
    const level = heading[1].length
    return `<h${level} id="${slug(heading[2])}">${inline(heading[2])}</h${level}>`
  }
  if (text.startsWith('- ')) {
    const items = text.split(/^- /m).filter(Boolean)
    return `<ul>${items.map((item) => `<li>${inline(item.trim())}</li>`).join('')}</ul>`
  }
  return `<p>${inline(text)}</p>`
}

/** As GitHub does it: codes stay as they are. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(/\s+/g, '-')
}

function inline(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
  return escaped.replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}
