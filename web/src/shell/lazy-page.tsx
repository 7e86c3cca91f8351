import type { ComponentType } from 'react'

/** Every page that is loaded when it is gone to; `loadAll` is for the time when nothing else is to be done. */
const pages: (() => Promise<unknown>)[] = []

/**
 * A page in a file of its own. It is loaded as the route's data is: where the program cannot be reached, the page that says so is shown, and
 * trying again loads it. The router's own way reloads the document then, and everything that was on it is gone.
 */
export function lazyPage<Name extends string>(load: () => Promise<Record<Name, ComponentType>>, name: Name) {
  let Page: ComponentType | undefined
  const loader = async (): Promise<void> => {
    Page ??= (await load())[name]
  }
  pages.push(loader)
  return { loader, component: () => (Page ? <Page /> : null) }
}

/** So that going to another page works also while the program is away. What cannot be loaded now is loaded when it is needed. */
export function loadAll(): void {
  for (const load of pages) load().catch(() => undefined)
}
