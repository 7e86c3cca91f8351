import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plugin } from 'vite'

const LIST = join(import.meta.dirname, 'src/component-styles.css')
const COMPONENT = /[\\/]@mantine[\\/]core[\\/]esm[\\/](?:.+[\\/])?(\w+)\.module\.mjs$/
const STYLES = /['"]@mantine\/core\/styles\/([A-Z]\w+)\.css['"]/g

/** Fails the build when a component of Mantine has no styles in the list of them, or the list has styles that nobody needs. */
export function componentStyles(): Plugin {
  return {
    name: 'component-styles',
    apply: 'build',
    async generateBundle(_options, bundle) {
      const bundled = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? Object.keys(file.modules) : []))
      const used = new Set(bundled.flatMap((id) => COMPONENT.exec(id)?.[1] ?? []))
      const styled = new Set(Array.from((await readFile(LIST, 'utf8')).matchAll(STYLES), ([, name = '']) => name))
      const missing = [...used.difference(styled)].map((name) => `lacks @mantine/core/styles/${name}.css`)
      const idle = [...styled.difference(used)].map(
        (name) => `has @mantine/core/styles/${name}.css, which nobody needs`,
      )
      for (const fault of [...missing, ...idle]) this.error(`${LIST} ${fault}`)
    },
  }
}
