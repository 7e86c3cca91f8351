import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

export interface PhoneAsset {
  contentType: string
  body: Buffer | string
}

let assets: ReadonlyMap<string, PhoneAsset> | undefined

/**
 * The page that shows a phone: `/_sandbox/` is its document, `/_sandbox/phone/*` what the document needs. `path` comes without
 * its query. The files are read at the first call and kept; undefined for any other path.
 */
export function phoneAsset(path: string): PhoneAsset | undefined {
  assets ??= readAssets(import.meta.dirname)
  return assets.get(path === '/_sandbox/' ? '/_sandbox/phone/index.html' : path)
}

function readAssets(folder: string): ReadonlyMap<string, PhoneAsset> {
  const found = new Map<string, PhoneAsset>()
  for (const name of readdirSync(folder)) {
    const contentType = TYPES[extname(name)]
    // In a built package this module itself is a `.js` file beside the page's.
    if (contentType === undefined || name.startsWith('phone-page.')) continue
    found.set(`/_sandbox/phone/${name}`, { contentType, body: readFileSync(join(folder, name)) })
  }
  return found
}
